// Types of the portal's replies, from docs/openapi.json: one list, many readers.
import { readFileSync, writeFileSync } from 'node:fs'

const api = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'))
const pascal = (s) => s.replace(/(^|_)(\w)/g, (_, __, c) => c.toUpperCase())
const kind = (s) => {
  if (s.$ref) return pascal(s.$ref.split('/').pop())
  if (s.anyOf) return s.anyOf.map(kind).join(' | ')
  if (s.type === 'array') return `(${kind(s.items)})[]`
  return { string: 'string', integer: 'number', boolean: 'boolean', null: 'null' }[s.type] ?? 'any'
}
let out = '// Made by scripts/types.mjs from docs/openapi.json; amounts are fen.\n'
for (const [name, shape] of Object.entries(api.components.schemas)) {
  out += `export interface ${pascal(name)} {\n`
  for (const [key, value] of Object.entries(shape.properties)) out += `  ${key}: ${kind(value)}\n`
  out += '}\n'
}
writeFileSync(new URL('../src/shared/api-types.ts', import.meta.url), out)
