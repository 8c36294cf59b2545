// Command lines arrive in a real shell as they were meant; for the shells that aren't on every machine, by their written rules.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { tools } from '../../src/tools/known/registry.generated.ts'
import { commandLine, type Launch, type Shell, shellOf } from '../../src/tools/launch.ts'
import { endpoint } from './world.ts'

const nasty = `it's $HOME "a" \\ \`x\` ; & | > * ~ {a,b} !! %PATH% #`

function launch(change: Partial<Launch>): Launch {
  return { program: 'tool', arguments: [], environment: {}, ...change }
}

describe('command lines', () => {
  it('arrive in bash and sh as they were meant', function () {
    // Thirty shells are started from a large process: that takes seconds where many wait for the processor.
    this.timeout(60_000)
    const word = fc
      .oneof(fc.constant(nasty), fc.string({ unit: 'grapheme', maxLength: 12 }))
      .filter((text) => !/\p{Cc}/u.test(text))
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), word, fc.constantFrom('bash', 'sh'), (words, value, shell) => {
        const line = commandLine(
          launch({ program: 'env', arguments: ['printf', '%s\\0', ...words], environment: { OMNIROUTE_TEST: value } }),
          'posix',
        )
        assert.ok(line !== undefined)
        const done = spawnSync(shell, ['-c', `${line}; OMNIROUTE_TEST=; true`], { encoding: 'utf8' })
        assert.equal(done.stdout, words.length === 0 ? '\0' : words.map((each) => `${each}\0`).join(''))
        const environment = commandLine(
          launch({ program: 'printenv', arguments: ['OMNIROUTE_TEST'], environment: { OMNIROUTE_TEST: value } }),
          'posix',
        )
        assert.equal(spawnSync(shell, ['-c', environment ?? ''], { encoding: 'utf8' }).stdout, `${value}\n`)
      }),
      { numRuns: 15 },
    )
  })

  it('keep the rules of fish, PowerShell and cmd', () => {
    const given = launch({ arguments: ["it's", 'a\\b', '-c', 'x.y=z'], environment: { KEY: "k'e\\y" } })
    assert.equal(commandLine(given, 'fish'), `env KEY='k\\'e\\\\y' tool 'it\\'s' 'a\\\\b' -c x.y=z`)
    assert.equal(commandLine(given, 'powershell'), `$env:KEY = 'k''e\\y'; tool 'it''s' 'a\\b' -c 'x.y=z'`)
    assert.equal(commandLine(given, 'cmd'), `set "KEY=k'e\\y" && tool "it's" a\\b -c "x.y=z"`)
    assert.equal(commandLine(launch({ program: 'C:\\a b\\tool.exe' }), 'powershell'), `& 'C:\\a b\\tool.exe'`)
    assert.equal(commandLine(launch({ arguments: ['a b'] }), 'fish'), `tool 'a b'`)
  })

  it('are refused where a shell can not say it', () => {
    for (const shell of ['posix', 'fish', 'powershell', 'cmd'] as const) {
      assert.equal(commandLine(launch({ arguments: ['two\nlines'] }), shell), undefined)
    }
    assert.equal(commandLine(launch({ environment: { A: '%PATH%' } }), 'cmd'), undefined)
    assert.equal(commandLine(launch({ arguments: ['"'] }), 'cmd'), undefined)
    assert.equal(commandLine(launch({ arguments: ['"'] }), 'powershell'), undefined)
  })

  it('are chosen by the program of the terminal', () => {
    const shells: readonly (readonly [string, Shell])[] = [
      ['/bin/bash', 'posix'],
      ['/usr/bin/zsh', 'posix'],
      ['/usr/bin/fish', 'fish'],
      ['C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', 'powershell'],
      ['/usr/local/bin/pwsh', 'powershell'],
      ['C:\\Windows\\System32\\cmd.exe', 'cmd'],
    ]
    for (const [path, shell] of shells) assert.equal(shellOf(path), shell)
  })

  it('say what a tool must be set to where its settings win over them', () => {
    const notes = tools.flatMap(({ id, launch: start }) => (start?.(endpoint).note ? [id] : []))
    assert.deepEqual(notes, ['gemini-cli'])
    // The same for Claude Code, whose model can be said on the line.
    const claude = tools.find(({ id }) => id === 'claude-code')?.launch?.(endpoint)
    assert.deepEqual(claude?.arguments, ['--model', endpoint.model])
  })

  it('exist for every terminal tool, in every shell', () => {
    for (const id of ['claude-code', 'codex', 'gemini-cli', 'opencode', 'kilo-code', 'aider']) {
      const given = tools.find((tool) => tool.id === id)?.launch?.(endpoint)
      assert.ok(given, id)
      for (const shell of ['posix', 'fish', 'powershell', 'cmd'] as const) {
        const line = commandLine(given, shell)
        assert.ok(line?.includes('omr-test-key'), `${id} in ${shell}: ${line}`)
      }
    }
  })
})
