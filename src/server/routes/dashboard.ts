// GET /: the dashboard's page and its files, in the language that the browser asks for. They hold no data; that comes over /admin
// after sign-in.
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import express, { type Router } from 'express'
import * as z from 'zod'
import { pageHtml, textsOf } from '../../admin/dashboard-page.ts'
import { GatewayError } from '../../core/errors.ts'
import type { ServerContext } from '../context.ts'

/** `bundle.l10n.json` itself is English. */
const bundleName = /^bundle\.l10n\.([A-Za-z-]{2,20})\.json$/
const bundleSchema = z.record(z.string(), z.unknown())

export function addDashboardRoutes(router: Router, { assetDirectory, log }: ServerContext): void {
  const folder = join(assetDirectory, 'webview')
  const translations = join(assetDirectory, '..', 'l10n')

  router.get('/', async (request, response) => {
    const template = await installed(join(folder, 'index.html'))
    const languages = await languagesIn(translations)
    const language = request.acceptsLanguages('en', ...languages) || 'en'
    response.setHeader('content-security-policy', "frame-ancestors 'none'")
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('referrer-policy', 'no-referrer')
    response.setHeader('cache-control', 'no-store')
    response.type('html').send(
      pageHtml(template, {
        language,
        cspSource: "'self'",
        connectSource: "'self'",
        nonce: randomBytes(18).toString('base64url'),
        base: '/assets',
        bundle: languages.includes(language) ? await bundleOf(language) : undefined,
      }),
    )
  })
  router.get('/favicon.ico', (_request, response) => {
    response.sendFile('icon.png', { root: join(assetDirectory, '..', 'media'), maxAge: '1d' })
  })
  router.use(
    '/assets',
    express.static(folder, {
      index: false,
      maxAge: 0,
      setHeaders: (response) => response.setHeader('x-content-type-options', 'nosniff'),
    }),
  )

  /** English where the texts can't be read: a page in another language is better than none. */
  async function bundleOf(language: string): Promise<Record<string, string> | undefined> {
    try {
      const text = await readFile(join(translations, `bundle.l10n.${language}.json`), 'utf8')
      return textsOf(bundleSchema.parse(JSON.parse(text)))
    } catch (error) {
      log.warn(`The dashboard's texts for "${language}" can not be read: ${String(error)}`)
      return undefined
    }
  }
}

/** The languages that are installed besides English. */
async function languagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.flatMap((name) => bundleName.exec(name)?.[1] ?? [])
}

async function installed(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new GatewayError('internal', 'The files of the dashboard are not installed.', { cause: error })
  }
}
