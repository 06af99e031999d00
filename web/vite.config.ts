import { gzipSync } from 'node:zlib'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'

// X.gz beside every file that is worth it: the server sends it as it is.
function packed(): Plugin {
  const walk = (dir: string) => {
    for (const name of readdirSync(dir)) {
      const file = join(dir, name)
      if (statSync(file).isDirectory()) walk(file)
      else if (/\.(js|css|html|svg|json|txt|webmanifest)$/.test(name)) {
        const plain = readFileSync(file)
        const small = gzipSync(plain, { level: 9 })
        if (small.length < plain.length * 0.9) writeFileSync(file + '.gz', small)
      }
    }
  }
  return { name: 'packed', apply: 'build', closeBundle: () => walk('dist') }
}

export default defineConfig({
  plugins: [vue(), packed()],
  server: { fs: { allow: ['..'] } },
  build: {
    target: 'es2020',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    rollupOptions: { input: { index: 'index.html', desk: 'desk.html' } },
  },
})
