import type { FetchLike } from '@maildock/client'

/**
 * A fetch for one call that says how much of its body has left: the browser's own does not tell. Only what the client needs: text in, text out.
 * @param onProgress told the part that has left, from 0 to 1
 */
export function createUploadFetch(onProgress: (fraction: number) => void): FetchLike {
  return async (url, { method = 'GET', headers, body, signal }) =>
    new Promise<Response>((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open(method, url)
      new Headers(headers).forEach((value, name) => request.setRequestHeader(name, value))
      request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total))
      request.addEventListener('load', () =>
        resolve(new Response(request.responseText, { status: request.status, headers: readHeaders(request) })),
      )
      request.addEventListener('error', () => reject(new TypeError('The upload failed.')))
      request.addEventListener('abort', () => reject(signal?.reason ?? new DOMException('The upload was cancelled.', 'AbortError')))
      signal?.addEventListener('abort', () => request.abort(), { once: true })
      request.send(typeof body === 'string' ? body : null)
    })
}

function readHeaders(request: XMLHttpRequest): Headers {
  const headers = new Headers()
  for (const line of request.getAllResponseHeaders().trim().split(/\r?\n/u)) {
    const at = line.indexOf(':')
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim())
  }
  return headers
}
