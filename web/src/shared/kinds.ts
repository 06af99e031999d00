// National kinds and usual layers in English: the handbook's list, read here too.  What is not in it stays as
// the document says it.
import list from '../../../src/shell/handbook/english.def?raw'
import { look } from './look'

const ENGLISH = new Map([...list.matchAll(/^W\("(.+?)", "(.+?)"\)$/gm)].map((m) => [m[1]!, m[2]!]))
export const kindName = (word: string): string => (look.lang === 'zh' ? word : (ENGLISH.get(word) ?? word))
