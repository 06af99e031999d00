// A thing that is fetched: waiting, there, or failed with a sentence.
import { ref, type Ref } from 'vue'
import { ApiError } from './api'

export interface Loaded<R> {
  data: Ref<R | null>
  error: Ref<string>
  busy: Ref<boolean>
  again: () => Promise<void>
}

export function load<R>(fetcher: () => Promise<R>, now = true): Loaded<R> {
  const data = ref(null) as Ref<R | null>
  const error = ref('')
  const busy = ref(now)
  const again = async (): Promise<void> => {
    busy.value = true
    error.value = ''
    try {
      data.value = await fetcher()
    } catch (e) {
      error.value = e instanceof ApiError ? e.message : '出错了，请稍后再试'
      if (!(e instanceof ApiError)) console.error(e)
    }
    busy.value = false
  }
  if (now) void again()
  return { data, error, busy, again }
}
