// The rooms of the desk, one row each: menu, routes and the check of roles follow from the row.
// A room whose roles do not fit is neither in the menu nor reachable; the server refuses anyway.
import type { Component } from 'vue'

export interface Room {
  path: string
  name: [string, string]
  roles: string[]
  page: () => Promise<{ default: Component }>
  menu?: false // reached from another room
}

export const ROOMS: Room[] = [
  { path: 'persons', name: ['柜台', 'Desk'], roles: ['clerk', 'supervisor'], page: () => import('./pages/Persons.vue') },
  { path: 'persons/:person', name: ['一人一档', "A person's file"], roles: ['clerk', 'supervisor'], page: () => import('./pages/PersonFile.vue'), menu: false },
  { path: 'persons/:person/matters/new', name: ['受理新办件', 'A new matter'], roles: ['clerk'], page: () => import('./pages/MatterStart.vue'), menu: false },
  { path: 'matters', name: ['办件', 'Matters'], roles: ['clerk'], page: () => import('./pages/Matters.vue') },
  { path: 'matters/:matter', name: ['一件办件', 'A matter'], roles: ['clerk'], page: () => import('./pages/Matter.vue'), menu: false },
  { path: 'bank', name: ['付款批次', 'Payments'], roles: ['clerk'], page: () => import('./pages/Bank.vue') },
  { path: 'ratings', name: ['好差评', 'Ratings'], roles: ['clerk', 'officer'], page: () => import('./pages/Ratings.vue') },
  { path: 'cockpit', name: ['驾驶舱', 'Cockpit'], roles: ['officer', 'supervisor'], page: () => import('./pages/Cockpit.vue') },
  { path: 'clearing', name: ['月度清算', 'Clearing'], roles: ['officer'], page: () => import('./pages/Clearing.vue') },
  { path: 'morning', name: ['医保办', 'Insurance office'], roles: ['hospital'], page: () => import('./pages/Morning.vue') },
  { path: 'grouping', name: ['分组室', 'Grouping room'], roles: ['officer', 'hospital'], page: () => import('./pages/Grouping.vue') },
  { path: 'tips', name: ['群众反映', 'Reports'], roles: ['supervisor'], page: () => import('./pages/Tips.vue') },
  { path: 'cases', name: ['监管室', 'Supervision'], roles: ['supervisor'], page: () => import('./pages/Cases.vue') },
  { path: 'cases/:case', name: ['一个案件', 'A case'], roles: ['supervisor'], page: () => import('./pages/Case.vue'), menu: false },
  { path: 'today', name: ['今日疑点', 'Hits of the day'], roles: ['supervisor'], page: () => import('./pages/Today.vue') },
  { path: 'site', name: ['现场检查', 'On site'], roles: ['supervisor'], page: () => import('./pages/Site.vue') },
  { path: 'rules', name: ['监管规则', 'Rules'], roles: ['supervisor', 'officer'], page: () => import('./pages/Rules.vue') },
  { path: 'rules/try', name: ['写一条规则', 'Write a rule'], roles: ['supervisor', 'officer'], page: () => import('./pages/RuleTry.vue'), menu: false },
  { path: 'rules/:rule', name: ['试一条规则', 'Try a rule'], roles: ['supervisor', 'officer'], page: () => import('./pages/RuleTry.vue'), menu: false },
  { path: 'policies', name: ['政策室', 'Policy room'], roles: ['officer', 'clerk', 'supervisor', 'hospital', 'admin'], page: () => import('./pages/Policies.vue') },
  { path: 'policies/:region/:scheme/:from', name: ['政策文件', 'Policy document'], roles: ['officer', 'clerk', 'supervisor', 'hospital', 'admin'], page: () => import('./pages/Policy.vue'), menu: false },
  { path: 'drafts', name: ['草案与发布', 'Drafts'], roles: ['officer'], page: () => import('./pages/Drafts.vue') },
  { path: 'draft/:draft(\\d+)', name: ['一份草案', 'A draft'], roles: ['officer'], page: () => import('./pages/Draft.vue'), menu: false },
  { path: 'draft', name: ['起草修订', 'Draft'], roles: ['officer'], page: () => import('./pages/Draft.vue') },
  { path: 'compare', name: ['并列比较', 'Compare'], roles: ['officer'], page: () => import('./pages/Compare.vue') },
  { path: 'sandbox', name: ['医院沙盒', 'Hospital sandbox'], roles: ['hospital', 'officer'], page: () => import('./pages/Sandbox.vue') },
  { path: 'users', name: ['用户', 'Users'], roles: ['admin'], page: () => import('./pages/Users.vue') },
]
