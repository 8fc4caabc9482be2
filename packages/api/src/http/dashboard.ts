import { existsSync } from 'node:fs'
import { join } from 'node:path'
import express, { Router, type RequestHandler } from 'express'

/**
 * Serves the built dashboard. Files under `assets/` carry a hash of their content in their names and are kept for a year;
 * the page itself is asked for anew each time. Paths of the dashboard's own router get the page.
 */
export function createDashboard(dir: string, pageHeaders: RequestHandler): Router {
  const router = Router()
  router.use(pageHeaders)
  router.use(
    '/assets',
    express.static(join(dir, 'assets'), {
      immutable: true,
      maxAge: '1y',
      index: false,
      redirect: false,
      fallthrough: true,
      acceptRanges: false,
    }),
  )
  router.use(express.static(dir, { index: false, redirect: false, cacheControl: false, acceptRanges: false, setHeaders: revalidate }))
  router.get('/{*path}', (request, response, next) => {
    // A file that is missing is missing: only what a person opens in a browser gets the page.
    if (request.path.startsWith('/assets/') || !request.accepts('html') || !existsSync(join(dir, 'index.html'))) {
      next()
      return
    }
    revalidate(response)
    response.sendFile('index.html', { root: dir, cacheControl: false, acceptRanges: false })
  })
  return router
}

function revalidate(response: { setHeader(name: string, value: string): unknown }): void {
  response.setHeader('Cache-Control', 'no-cache')
}
