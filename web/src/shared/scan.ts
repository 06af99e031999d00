// A photo or PDF on its way to a matter: made small enough, sent as it is.
import { postFile, type T } from './api'
import { t } from './look'

const MOST = 2 << 20
const SIDE = 2200

/** Photos are drawn anew, so that they are small and carry no place where they were taken. */
async function smaller(file: File): Promise<Blob> {
  const image = await createImageBitmap(file).catch(() => null)
  if (!image) return file
  for (const [side, quality] of [[SIDE, 0.85], [SIDE, 0.7], [1500, 0.7]] as const) {
    const by = Math.min(1, side / Math.max(image.width, image.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(image.width * by))
    canvas.height = Math.max(1, Math.round(image.height * by))
    const pen = canvas.getContext('2d')
    if (!pen) return file
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.drawImage(image, 0, 0, canvas.width, canvas.height)
    const out = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality))
    if (out && out.size <= MOST) return out
  }
  return file
}

/** Sends it to `path` (…/scans); the matter as it is then. */
export async function sendScan(path: string, file: File, paper: string, query: Record<string, string>): Promise<T.Matter> {
  const body = file.type.startsWith('image/') ? await smaller(file) : file
  if (body.size > MOST) throw new Error(t('文件超过 2 MB：PDF 请分成几份', 'More than 2 MB: split the PDF'))
  const name = [...file.name].slice(-40).join('')
  return postFile<T.Matter>(path, body, { ...query, name, paper })
}
export const size = (bytes: number): string => (bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`)
