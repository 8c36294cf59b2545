// Every official client against every upstream wire, through the gateway: the proof that any client can talk to any upstream. The
// matrix of passes is printed at the end.

import { anthropicClient } from './matrix/anthropic.ts'
import { cellSuite, upstreams } from './matrix/cell.ts'
import { googleClient } from './matrix/google.ts'
import { openaiChatClient } from './matrix/openai-chat.ts'
import { openaiResponsesClient } from './matrix/openai-responses.ts'
import { createPasses, show } from './matrix/passes.ts'
import { vercelClients } from './matrix/vercel.ts'
import { provisionClient } from './provision.mjs'
import { startThroughGateway, type ThroughGateway } from './through-gateway.ts'

const clients = [openaiChatClient, openaiResponsesClient, anthropicClient, googleClient, ...vercelClients]

describe('any client to any upstream', () => {
  const passes = createPasses(upstreams.map(({ wire }) => wire))
  let through: ThroughGateway

  before(async function () {
    this.timeout(300_000)
    await provisionClient('ai')
    through = await startThroughGateway()
  })
  after(async () => {
    await through?.stop()
    show(passes.table())
  })
  afterEach(() => through.fake.control({ forget: true }))

  for (const client of clients)
    describe(client.name, () => {
      for (const upstream of upstreams)
        describe(`at ${upstream.wire}`, function () {
          this.timeout(30_000)
          afterEach(function () {
            passes.note(client.name, upstream.wire, this)
          })
          cellSuite(() => through, client, upstream)
        })
    })
})
