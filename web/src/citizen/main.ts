import { createApp } from 'vue'
import { whoAmI } from '../shared/api'
import { watchLook } from '../shared/look'
import App from './App.vue'
import { router } from './router'

watchLook()
void whoAmI()
  .catch(() => undefined)
  .then(() => createApp(App).use(router).mount('#app'))
