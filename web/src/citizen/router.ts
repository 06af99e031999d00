import { createRouter, createWebHistory } from 'vue-router'
import { session } from '../shared/api'
import Home from './pages/Home.vue'
import SignIn from './pages/SignIn.vue'

// own: only for who has signed in as an insured person.
const own = { own: true }
export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (to, _from, saved) => saved ?? (to.hash ? { el: to.hash, top: 80 } : { top: 0 }),
  routes: [
    { path: '/', component: Home, meta: { title: ['我的医保', 'My insurance'] } },
    { path: '/sign-in', component: SignIn, meta: { title: ['登录', 'Sign in'] } },
    { path: '/bills', component: () => import('./pages/Bills.vue'), meta: { ...own, title: ['我的账单', 'My bills'] } },
    { path: '/bills/:settlement', component: () => import('./pages/Bill.vue'), meta: { ...own, title: ['账单', 'Bill'] } },
    { path: '/year', component: () => import('./pages/Year.vue'), meta: { ...own, title: ['今年到哪一步了', 'This year'] } },
    { path: '/account', component: () => import('./pages/Account.vue'), meta: { ...own, title: ['个人账户', 'Account'] } },
    { path: '/seen', component: () => import('./pages/Seen.vue'), meta: { ...own, title: ['谁看过我的数据', 'Who looked'] } },
    { path: '/code', component: () => import('./pages/Code.vue'), meta: { ...own, title: ['我的凭证', 'My credentials'] } },
    { path: '/verify', component: () => import('./pages/Verify.vue'), meta: { title: ['核对凭证', 'Check a proof'] } },
    { path: '/funds', component: () => import('./pages/Funds.vue'), meta: { title: ['基金公开', 'The funds'] } },
    { path: '/filings', component: () => import('./pages/Filings.vue'), meta: { ...own, title: ['办事', 'Matters'] } },
    { path: '/family', component: () => import('./pages/Family.vue'), meta: { ...own, title: ['家人', 'Family'] } },
    { path: '/calculator', component: () => import('./pages/Calculator.vue'), meta: { title: ['算一算', 'Calculator'] } },
    { path: '/policies', component: () => import('./pages/Policies.vue'), meta: { title: ['政策大白话', 'Policy in plain words'] } },
    { path: '/policies/:region/:scheme/:from', component: () => import('./pages/Policy.vue'), meta: { title: ['政策原文', 'Policy document'] } },
    { path: '/providers', component: () => import('./pages/Providers.vue'), meta: { title: ['定点医院和药店', 'Designated providers'] } },
    { path: '/report', component: () => import('./pages/Report.vue'), meta: { title: ['举报', 'Report misuse'] } },
    { path: '/:rest(.*)*', component: () => import('./pages/Missing.vue'), meta: { title: ['没有这个页面', 'Not found'] } },
  ],
})

router.beforeEach((to) => {
  if (to.meta.own && session.role !== 'citizen') return { path: '/sign-in', query: { to: to.fullPath } }
})
