// Downloads from servers that may be hostile: bounded in size, time and redirects, and never from private addresses (rule 167).
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDownloader, type Downloader } from '../../src/engine/media-download.ts'

const never = new AbortController().signal

describe('downloads', () => {
  let server: Server
  let url: string
  let answer: RequestListener
  let asked: string[]
  let downloader: Downloader

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      answer(request, response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  beforeEach(() => {
    asked = []
    const limits = { bytes: 1024 * 1024, duration: 400, redirects: 3 }
    downloader = createDownloader({ userAgent: 'omniroute/test', allowLoopback: true, limits })
  })
  afterEach(() => downloader.close())

  it('give the bytes and what the server calls them, and send nothing but our name', async () => {
    answer = (request, response) => {
      response.setHeader('content-type', 'image/png')
      response.end(JSON.stringify(request.headers))
    }
    const { bytes, contentType } = await downloader.get(`${url}/a?b=c#d`, never)
    assert.equal(contentType, 'image/png')
    assert.deepEqual(asked, ['/a?b=c'])
    const headers = JSON.parse(bytes.toString())
    assert.equal(headers['user-agent'], 'omniroute/test')
    assert.equal(headers.cookie ?? headers.authorization ?? headers.referer, undefined)
  })

  it('follow redirects and judge every address on the way', async () => {
    answer = (request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end()
      else response.end('there')
    }
    assert.equal((await downloader.get(`${url}/a`, never)).bytes.toString(), 'there')
    for (const [location, words] of [
      ['http://169.254.169.254/latest/meta-data', /public internet/],
      ['http://[fd00::1]/', /public internet/],
      ['http://10.0.0.1/', /public internet/],
      ['file:///etc/passwd', /only http and https/],
      ['http://', /no address/],
    ] as const) {
      answer = (_, response) => void response.writeHead(302, { location }).end()
      await assert.rejects(downloader.get(`${url}/a`, never), words)
    }
  })

  it('end after three redirects', async () => {
    answer = (_, response) => void response.writeHead(307, { location: '/again' }).end()
    await assert.rejects(downloader.get(`${url}/`, never), /more than 3 times/)
    assert.equal(asked.length, 4)
  })

  it('refuse what is too large, said or not', async () => {
    answer = (_, response) => void response.writeHead(200, { 'content-length': 2 * 1024 * 1024 }).write('x')
    await assert.rejects(downloader.get(`${url}/`, never), /larger than 1 MB/)
    let stopped = false
    answer = (_, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(256 * 1024)), 1)
      response.on('close', () => {
        stopped = true
        clearInterval(timer)
      })
    }
    await assert.rejects(downloader.get(`${url}/`, never), /larger than 1 MB/)
    for (let round = 0; !stopped && round < 200; round++) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.ok(stopped, 'the connection is still open')
  })

  it('refuse what does not come in time, though bytes trickle', async () => {
    answer = (_, response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    }
    await assert.rejects(downloader.get(`${url}/`, never), /did not arrive within 0.4 seconds/)
  })

  it('refuse other statuses and packed answers', async () => {
    answer = (_, response) => void response.writeHead(404).end()
    await assert.rejects(downloader.get(`${url}/`, never), /status 404/)
    answer = (_, response) => void response.writeHead(206).end('a part')
    await assert.rejects(downloader.get(`${url}/`, never), /status 206/)
    answer = (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('bomb')
    await assert.rejects(downloader.get(`${url}/`, never), /packs/)
  })

  it('end at once when the caller leaves', async () => {
    const leave = new AbortController()
    const closed = new Promise<void>((resolve) => {
      answer = (request) => {
        request.on('close', resolve)
        leave.abort()
      }
    })
    await assert.rejects(downloader.get(`${url}/`, leave.signal))
    await closed
    await assert.rejects(downloader.get(`${url}/`, leave.signal))
    assert.equal(asked.length, 1)
  })

  it('never reach this machine or its network, however its address is written', async () => {
    answer = (_, response) => void response.end('secret')
    const strict = createDownloader({ userAgent: 'omniroute/test' })
    const port = new URL(url).port
    for (const host of [
      '127.0.0.1',
      'localhost',
      '2130706433',
      '0x7f.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0',
      '127.1',
    ]) {
      await assert.rejects(strict.get(`http://${host}:${port}/`, never), /not one of the public internet/, host)
    }
    await strict.close()
    assert.deepEqual(asked, [])
  })

  it('take no user name and no other scheme', async () => {
    await assert.rejects(downloader.get(url.replace('//', '//user:word@'), never), /user name/)
    await assert.rejects(downloader.get('ftp://127.0.0.1/', never), /only http and https/)
    await assert.rejects(downloader.get('nonsense', never), /no address/)
    assert.deepEqual(asked, [])
  })
})
