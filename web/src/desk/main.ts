import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import { session, whoAmI } from '../shared/api'
import { watchLook } from '../shared/look'
import App from './App.vue'
import SignIn from './pages/SignIn.vue'
import Setup from './pages/Setup.vue'
import Missing from './pages/Missing.vue'
import { ROOMS } from './rooms'
import './desk.css'

const router = createRouter({
  history: createWebHistory('/desk/'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/sign-in', component: SignIn, meta: { name: ['登录', 'Sign in'], free: true } },
    { path: '/setup', component: Setup, meta: { name: ['首次登录', 'First sign-in'] } },
    {
      path: '/', component: Missing, meta: { name: ['医衡', 'Yiheng'] },
      beforeEnter: () => {
        const room = ROOMS.find((r) => r.menu !== false && r.roles.includes(session.role))
        return room ? '/' + room.path : true
      },
    },
    ...ROOMS.map((r) => ({ path: '/' + r.path, component: r.page, meta: { name: r.name, roles: r.roles } })),
    { path: '/:rest(.*)*', component: Missing, meta: { name: ['没有这个页面', 'Not found'] } },
  ],
})
router.beforeEach((to) => {
  if (to.meta.free) return
  if (!session.user || session.role === 'citizen') return { path: '/sign-in', query: { to: to.fullPath } }
  const mending = session.must_change || session.second === 'setup'
  if (mending && to.path !== '/setup') return '/setup'
  const roles = to.meta.roles as string[] | undefined
  if (roles && !roles.includes(session.role)) return '/'
})

watchLook()
void whoAmI()
  .catch(() => undefined)
  .then(() => createApp(App).use(router).mount('#app'))
