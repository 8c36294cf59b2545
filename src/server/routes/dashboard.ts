// GET /: the dashboard's page and its files. They hold no data; that comes over /admin after sign-in.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import express, { type Router } from 'express'
import { GatewayError } from '../../core/errors.ts'
import type { ServerContext } from '../context.ts'

export function addDashboardRoutes(router: Router, context: ServerContext): void {
  const folder = join(context.assetDirectory, 'webview')
  router.get('/', async (_request, response) => {
    const nonce = randomBytes(18).toString('base64')
    const template = await readTemplate(join(folder, 'index.html'))
    response.setHeader('content-security-policy', "frame-ancestors 'none'")
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('referrer-policy', 'no-referrer')
    response.setHeader('cache-control', 'no-store')
    response.type('html').send(
      fillTemplate(template, {
        lang: 'en',
        dir: 'ltr',
        cspSource: "'self'",
        connectSource: "'self'",
        nonce,
        base: '/assets',
        l10n: '{}',
      }),
    )
  })
  router.use(
    '/assets',
    express.static(folder, {
      index: false,
      maxAge: 0,
      setHeaders: (response) => response.setHeader('x-content-type-options', 'nosniff'),
    }),
  )
}

async function readTemplate(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new GatewayError('internal', 'The files of the dashboard are not installed.', { cause: error })
  }
}

/** Replaces each `{{name}}`; the comment that explains the placeholders is left out. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template
    .replace(/<!--[\s\S]*?-->\s*/g, '')
    .replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole)
}
