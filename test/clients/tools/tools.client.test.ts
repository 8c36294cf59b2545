// Real coding tools, set up by us in a home of their own: each takes up what we write, answers one prompt through the gateway from an
// upstream of mostly another wire, and is as before when it is taken back. The table of passes is printed at the end.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Lanes, runInLanes } from '../matrix/lanes.ts'
import { createPasses, show } from '../matrix/passes.ts'
import { bodyText } from '../matrix/received.ts'
import { provisionProgram } from '../provision.mjs'
import { startThroughGateway, type ThroughGateway } from '../through-gateway.ts'
import { claudeCode } from './claude-code.ts'
import { cline } from './cline.ts'
import { codex } from './codex.ts'
import { continueCli } from './continue.ts'
import { geminiCli } from './gemini-cli.ts'
import { kiloCode } from './kilo-code.ts'
import { openclaw } from './openclaw.ts'
import { opencode } from './opencode.ts'
import { type Played, play } from './play.ts'
import { answer, modelName, type RealTool, type Scene } from './real-tool.ts'
import { requestsOf } from './request-log.ts'
import { differences, filesWith } from './tree.ts'

const wires = {
  oc: 'openai-chat',
  or: 'openai-responses',
  am: 'anthropic-messages',
  gg: 'gemini-generate',
} as const

interface Job {
  readonly tool: RealTool
  readonly scene: Scene
  /** Of the scene, its model and its key. */
  readonly name: string
}

// The longest first.
const chosen = [openclaw, kiloCode, opencode, cline, geminiCli, continueCli, claudeCode, codex]
const jobs: readonly Job[] = chosen.flatMap((tool) =>
  tool.scenes.map((scene) => ({ tool, scene, name: modelName(tool, scene) })),
)
const keyOf = (name: string): string => `sk-omniroute-tools-${name}`

describe('coding tools set up by us', function () {
  this.timeout(400_000)
  const passes = createPasses(['configured', 'answered', 'undone'], 'tool')
  let folder: string | undefined
  let through: ThroughGateway
  let lanes: Lanes<Job, Played>

  before(async () => {
    for (const { id } of chosen) await provisionProgram(id)
    const scenes = await mkdtemp(join(tmpdir(), 'omniroute-real-tools-'))
    folder = scenes
    through = await startThroughGateway(jobs.map(({ name }) => ({ name, key: keyOf(name) })))
    lanes = runInLanes(jobs, ({ tool, scene, name }) => play(through, scenes, tool, scene, keyOf(name)))
  })
  after(async () => {
    await lanes?.settled()
    await through?.stop()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    show(passes.table())
  })

  for (const job of jobs) {
    const { tool, scene, name } = job
    describe(`${tool.title}, ${scene.name}`, () => {
      afterEach(function () {
        passes.note(`${tool.title}, ${scene.name}`, this.currentTest?.title ?? '', this)
      })

      if (scene.action !== 'launch')
        it('configured', async () => {
          const { before, once, twice, objection } = await lanes.resultOf(job)
          assert.notDeepEqual(once, before)
          assert.deepEqual(twice, once)
          if (objection !== undefined) throw objection
        })

      it('answered', async () => {
        const { runs, setting } = await lanes.resultOf(job)
        for (const { code, output } of runs) assert.equal(code, 0, output)
        assert.ok(runs.at(-1)?.output.includes(answer), runs.at(-1)?.output)
        const requests = await requestsOf(through.gateway, name)
        assert.ok(requests.length > 0)
        for (const { modelAsked, modelServed, wire, status } of requests)
          assert.deepEqual(
            { modelAsked, modelServed, wire, status },
            { modelAsked: setting.endpoint.model, modelServed: setting.endpoint.model, wire: tool.wire, status: 200 },
          )
        const asked = (await through.fake.log()).filter(({ model }) => model === name)
        assert.equal(asked.length, requests.length)
        for (const one of asked) {
          assert.deepEqual([one.wire, one.status], [wires[scene.upstream], 200])
          assert.ok(
            !JSON.stringify(one.headers).includes(setting.endpoint.key) &&
              !bodyText(one).includes(setting.endpoint.key),
          )
        }
      })

      it('undone', async () => {
        const { before, after, left, backups, setting } = await lanes.resultOf(job)
        assert.deepEqual(differences(before, after, tool.writes, scene.leaves?.(setting)), [])
        assert.deepEqual(filesWith(after, setting.endpoint.key), scene.backups ?? [], 'where our key still is')
        assert.deepEqual([left, backups], [[], []])
      })
    })
  }
})
