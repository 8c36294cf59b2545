// Coding tools as people run them, each through the gateway at every upstream wire: they use their tools on real files in a folder of
// their own. Two run at a time; the matrix of passes is printed at the end.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { upstreams } from './matrix/cell.ts'
import { type Lanes, runInLanes } from './matrix/lanes.ts'
import { createPasses, show } from './matrix/passes.ts'
import { checkMade, type Program, programs, putFiles, type Setting } from './matrix/programs.ts'
import { bodyText } from './matrix/received.ts'
import { type Finished, runProgram } from './matrix/run-program.ts'
import { provisionProgram } from './provision.mjs'
import { startThroughGateway, type ThroughGateway } from './through-gateway.ts'

interface Run {
  readonly program: Program
  readonly upstream: (typeof upstreams)[number]
  /** The model's name at the fake. */
  readonly name: string
}

const runs: readonly Run[] = programs.flatMap((program) =>
  upstreams.map((upstream) => ({ program, upstream, name: `${program.name}-at-${upstream.prefix}` })),
)

describe('coding tools through the gateway', function () {
  this.timeout(300_000)
  const passes = createPasses(upstreams.map(({ wire }) => wire))
  let lanes: Lanes<Run, Finished>
  let through: ThroughGateway
  let folder: string

  const settingOf = ({ upstream, name }: Run): Setting => ({
    home: join(folder, name, 'home'),
    work: join(folder, name, 'work'),
    url: through.gateway.url,
    key: through.gateway.key,
    model: `${upstream.prefix}/${name}`,
  })

  async function runOne(run: Run): Promise<Finished> {
    const { program, name } = run
    const setting = settingOf(run)
    const { home, work } = setting
    for (const path of [home, work]) await mkdir(path, { recursive: true })
    await putFiles(work)
    await program.prepare(setting)
    await through.fake.control({ model: name, scripts: program.scripts(setting) })
    const environment = program.environment(setting)
    return runProgram(await provisionProgram(program.name), program.arguments(setting), {
      cwd: work,
      home,
      environment,
    })
  }

  before(async () => {
    for (const { name } of programs) await provisionProgram(name)
    folder = await mkdtemp(join(tmpdir(), 'omniroute-tools-'))
    through = await startThroughGateway()
    lanes = runInLanes(runs, runOne)
  })
  after(async () => {
    await lanes?.settled()
    await through?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    show(passes.table())
  })

  for (const run of runs) {
    const { program, upstream, name } = run
    describe(`${program.title} at ${upstream.wire}`, () => {
      afterEach(function () {
        passes.note(program.title, upstream.wire, this)
      })

      it('answers with what its tools found', async () => {
        const { code, output } = await lanes.resultOf(run)
        assert.equal(code, 0, output)
        assert.match(output, program.lastWords)
      })

      it('has written the file to the letter', () => checkMade(settingOf(run).work))

      it('has asked this upstream in its own wire', async () => {
        const asked = (await through.fake.log()).filter((one) => one.model === name)
        assert.ok(asked.length >= 2)
        assert.deepEqual(
          new Set(asked.map(({ wire, status }) => `${wire} ${status}`)),
          new Set([`${upstream.wire} 200`]),
        )
        if (program.sendsPicture) assert.match(bodyText(asked.at(-1) ?? assert.fail()), /"[^"]*iVBORw0KGgo[^"]+"/)
      })
    })
  }
})
