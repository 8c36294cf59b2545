// Files named by address reach upstreams that take bytes only as bytes (rule 41), and others untouched.
import assert from 'node:assert/strict'
import type { Dispatcher } from 'undici'
import type { ChatRequest, Part } from '../../src/core/conversation.ts'
import { GatewayError } from '../../src/core/errors.ts'
import type { WireId } from '../../src/core/wire-format.ts'
import { runChat } from '../../src/engine/chat.ts'
import { demoServer } from '../../src/engine/demo.ts'
import { createInsideDispatcher } from '../../src/engine/inside-upstream.ts'
import { DownloadError } from '../../src/engine/media-download.ts'
import { createMediaLoader, type MediaLoader } from '../../src/engine/media-loader.ts'
import { mediaTypeOf } from '../../src/engine/media-type.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'
import { runningEngine } from './running-engine.ts'
import { provider, target } from './world.ts'

const png = Buffer.from('\x89PNG\r\n\x1a\n-the-picture-', 'latin1')
const pdf = Buffer.from('%PDF-1.7 the document')
const never = new AbortController().signal

/** A downloader for these files, which counts how often each was asked for. */
function serving(files: Readonly<Record<string, Buffer>>, contentType = 'application/octet-stream') {
  const asked: string[] = []
  return {
    asked,
    get: async (url: string) => {
      asked.push(url)
      const bytes = files[url]
      if (!bytes) throw new DownloadError('its server answered with status 404')
      return { bytes, contentType }
    },
  }
}

describe('loaded media', () => {
  it('have the type that their bytes show, whatever the server says', () => {
    assert.equal(mediaTypeOf(png, 'text/html'), 'image/png')
    assert.equal(mediaTypeOf(Buffer.from('\xff\xd8\xff\xe0', 'latin1'), ''), 'image/jpeg')
    assert.equal(mediaTypeOf(Buffer.from('GIF89a'), ''), 'image/gif')
    assert.equal(mediaTypeOf(Buffer.from('RIFF....WEBPVP8 '), ''), 'image/webp')
    assert.equal(mediaTypeOf(Buffer.from('RIFF....WAVEfmt '), ''), 'audio/wav')
    assert.equal(mediaTypeOf(pdf, 'image/png'), 'application/pdf')
    assert.equal(mediaTypeOf(Buffer.from('Plain words.'), 'text/plain; charset=utf-8'), 'text/plain')
    assert.equal(mediaTypeOf(Buffer.from('\xff\xfe\x00', 'latin1'), 'text/plain'), undefined)
    assert.equal(mediaTypeOf(Buffer.from('<html>sign in</html>'), 'image/png'), undefined)
    assert.equal(mediaTypeOf(Buffer.from('<html>sign in</html>'), 'text/html'), undefined)
    assert.equal(mediaTypeOf(Buffer.alloc(0), 'image/png'), undefined)
  })

  it('are downloaded once and then remembered', async () => {
    const files = serving({ 'https://e.example/a.png': png })
    const loader = createMediaLoader(files)
    const first = await loader.load('https://e.example/a.png', 'image', never)
    assert.deepEqual(first, { mediaType: 'image/png', data: png.toString('base64') })
    assert.equal(await loader.load('https://e.example/a.png', 'image', never), first)
    assert.equal(files.asked.length, 1)
  })

  it('are refused in words that say why and name the host only', async () => {
    const loader = createMediaLoader(
      serving({ 'https://e.example/page?token=secret': Buffer.from('<html>') }, 'text/html'),
    )
    const refusal = async (url: string, kind: 'image' | 'document'): Promise<GatewayError> => {
      try {
        await loader.load(url, kind, never)
      } catch (thrown) {
        assert.ok(thrown instanceof GatewayError)
        assert.equal(thrown.code, 'unsupported')
        assert.doesNotMatch(thrown.message, /secret/)
        return thrown
      }
      throw new Error('it was loaded')
    }
    const page = await refusal('https://e.example/page?token=secret', 'image')
    assert.match(page.message, /The image at e\.example could not be loaded for this model: .*no kind|of no kind/)
    assert.match((await refusal('https://e.example/none', 'document')).message, /status 404/)
  })

  it('are refused where they are of another kind than was said', async () => {
    const loader = createMediaLoader(serving({ 'https://e.example/a': pdf }))
    await assert.rejects(loader.load('https://e.example/a', 'image', never), /it is application\/pdf/)
    assert.equal((await loader.load('https://e.example/a', 'document', never)).mediaType, 'application/pdf')
  })
})

/** Runs one chat against an upstream that speaks `wire`; what it was sent, as the upstream's own wire reads it. */
async function sent(
  parts: readonly Part[],
  wire: WireId,
  media: MediaLoader,
  quirks: Readonly<Record<string, unknown>> = {},
  signal: AbortSignal = never,
): Promise<Record<string, unknown>> {
  const demo = createInsideDispatcher((id) => wireFormats[id], demoServer)
  let body: Record<string, unknown> | undefined
  const dispatcher: Pick<Dispatcher, 'dispatch'> = {
    dispatch(options, handler) {
      body = JSON.parse(String(options.body))
      return demo.dispatch(options, handler)
    },
  }
  const one = target('a', { provider: provider('vendor', { wires: [wire], quirks }), model: 'echo' })
  const ports = runningEngine({ targets: [one], dispatcher: () => dispatcher, media })
  const request: ChatRequest = {
    origin: 'editor',
    model: 'm',
    stream: true,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Look:' }, ...parts] }],
    tools: [],
  }
  const call = { id: 'r', request, client: 'test', origin: {}, receivedAt: 0, onPart: () => undefined }
  await runChat(ports, call, signal)
  return body ?? {}
}

const image: Part = { type: 'image', source: { kind: 'url', url: 'https://e.example/a.png' } }
const document: Part = { type: 'document', source: { kind: 'url', url: 'https://e.example/a.pdf' } }
const files = { 'https://e.example/a.png': png, 'https://e.example/a.pdf': pdf }

describe('files named by address (rule 41)', () => {
  it('reach Gemini as bytes, also within tool results', async () => {
    const source = serving(files)
    const call: Part = { type: 'tool-result', callId: 'c', name: 'look', parts: [image as never] }
    const body = await sent([image, document, call], 'gemini-generate', createMediaLoader(source))
    const text = JSON.stringify(body)
    assert.equal(text.split(png.toString('base64')).length, 3)
    assert.ok(text.includes(pdf.toString('base64')))
    assert.doesNotMatch(text, /e\.example/)
    assert.equal(source.asked.length, 2)
  })

  it('reach Anthropic and Responses servers as addresses, with no download', async () => {
    for (const wire of ['anthropic-messages', 'openai-responses'] as const) {
      const source = serving(files)
      const body = await sent([image, document], wire, createMediaLoader(source))
      assert.match(JSON.stringify(body), /e\.example\/a\.png.*e\.example\/a\.pdf/)
      assert.deepEqual(source.asked, [])
    }
  })

  it('reach Chat servers as an address for images and as bytes for documents, which have no address there', async () => {
    const source = serving(files)
    const text = JSON.stringify(await sent([image, document], 'openai-chat', createMediaLoader(source)))
    assert.match(text, /e\.example\/a\.png/)
    assert.ok(text.includes(`data:application/pdf;base64,${pdf.toString('base64')}`))
    assert.deepEqual(source.asked, ['https://e.example/a.pdf'])
  })

  it('reach servers that are marked as taking none as bytes, on every wire', async () => {
    for (const wire of ['openai-chat', 'openai-responses', 'anthropic-messages'] as const) {
      const source = serving(files)
      const body = await sent([image], wire, createMediaLoader(source), { externalUrls: false })
      assert.ok(JSON.stringify(body).includes(png.toString('base64')), wire)
    }
  })

  it('are not downloaded for a film that Gemini fetches itself', async () => {
    const film: Part = { type: 'video', source: { kind: 'url', url: 'https://www.youtube.com/watch?v=1' } }
    const source = serving({})
    assert.match(JSON.stringify(await sent([film], 'gemini-generate', createMediaLoader(source))), /fileUri/)
    assert.deepEqual(source.asked, [])
  })

  it('fail the attempt in plain words when they cannot be had', async () => {
    await assert.rejects(sent([image], 'gemini-generate', createMediaLoader(serving({}))), (thrown) => {
      assert.ok(thrown instanceof GatewayError)
      assert.equal(thrown.code, 'unsupported')
      assert.match(thrown.message, /The image at e\.example could not be loaded for this model: .*404/)
      return true
    })
  })

  it('are refused when there are too many', async () => {
    const many = Array.from(
      { length: 21 },
      (_, index): Part => ({ type: 'image', source: { kind: 'url', url: `https://e.example/${index}` } }),
    )
    const source = serving({})
    await assert.rejects(sent(many, 'gemini-generate', createMediaLoader(source)), /at most 20/)
    assert.deepEqual(source.asked, [])
  })

  it('are given up when the caller leaves', async () => {
    const leave = new AbortController()
    let given: AbortSignal | undefined
    const loader: MediaLoader = {
      load: (_, __, signal) =>
        new Promise((_, reject) => {
          given = signal
          signal.addEventListener('abort', () => reject(new Error('aborted')))
          leave.abort()
        }),
    }
    assert.deepEqual(await sent([image], 'gemini-generate', loader, {}, leave.signal), {})
    assert.equal(given?.aborted, true)
  })
})
