import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import express, { Router, type RequestHandler } from 'express'
import { sendJson } from '../rest/send-rest.ts'
import { createOpenApiDocument } from '../openapi/openapi-document.ts'
import { refuseMethod } from './refuse-method.ts'

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
const ASSETS: ReadonlySet<string> = new Set(['/swagger-ui.css', '/swagger-ui-bundle.js', '/favicon-32x32.png'])

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Maildock API</title>
    <link rel="icon" href="docs/favicon-32x32.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`

/** The page tries requests out with the browser's own session: cookies of this origin, nothing typed in. */
const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#api', deepLinking: true, displayRequestDuration: true, validatorUrl: null })\n`

/** Serves the OpenAPI document and an interactive page of it, from installed files alone. */
export function createApiPage(publicUrl: string, pageHeaders: RequestHandler): Router {
  const router = Router()
  const document = createOpenApiDocument(publicUrl)
  router.get('/openapi.json', (_request, response) => sendJson(response, 200, document))
  router.get('/docs', pageHeaders, (_request, response) => {
    response.type('html').set('Cache-Control', 'no-cache').send(PAGE)
  })
  router.get('/docs/start.js', (_request, response) => {
    response.type('text/javascript').set('Cache-Control', 'no-cache').send(START)
  })
  router.all(['/openapi.json', '/docs', '/docs/start.js'], refuseMethod(['GET']))
  const files = express.static(SWAGGER_UI, { index: false, redirect: false, maxAge: '1h' })
  router.use('/docs', (request, response, next) => {
    if (ASSETS.has(request.path)) files(request, response, next)
    else next()
  })
  return router
}
