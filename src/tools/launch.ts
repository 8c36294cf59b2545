// Command lines that start a tool against the gateway, quoted for the shell they are pasted into. Such a start changes no file.
import type { Sentence } from '../core/sentence.ts'

export interface Launch {
  readonly program: string
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** What must be so in the tool for the command to have its effect. */
  readonly note?: Sentence
}

/** `posix` is bash, zsh and sh. */
export type Shell = 'posix' | 'fish' | 'powershell' | 'cmd'

/** One line to paste; undefined where the shell can't express a value. */
export function commandLine(launch: Launch, shell: Shell): string | undefined {
  const variables = Object.entries(launch.environment)
  const words = [launch.program, ...launch.arguments]
  const all = [...words, ...Object.values(launch.environment)]
  // A line is one line.
  if (all.some((word) => hasControlCharacter(word))) return undefined
  switch (shell) {
    case 'posix':
      return [...variables.map(([name, value]) => `${name}=${quotePosix(value)}`), ...words.map(quotePosix)].join(' ')
    case 'fish': {
      // `env`, as fish before 3.1 knows no assignment before a command.
      const environment = variables.map(([name, value]) => `${name}=${quoteFish(value)}`)
      return [...(variables.length > 0 ? ['env', ...environment] : []), ...words.map(quoteFish)].join(' ')
    }
    case 'powershell': {
      // Windows PowerShell hands embedded double quotes on unescaped, so that the program would not see them.
      if (launch.arguments.some((word) => word.includes('"'))) return undefined
      const environment = variables.map(([name, value]) => `$env:${name} = ${quotePowerShell(value)}; `)
      const [program = '', ...rest] = words
      const call = /^[\w.-]+$/.test(program) ? program : `& ${quotePowerShell(program)}`
      return environment.join('') + [call, ...rest.map(wordPowerShell)].join(' ')
    }
    case 'cmd': {
      // `%` can't be escaped at the prompt, and a quote would end the quoting of what follows it.
      if (all.some((word) => /[%!]/.test(word)) || words.some((word) => word.includes('"'))) return undefined
      if (variables.some(([, value]) => value.includes('"') && /[&|<>^]/.test(value))) return undefined
      const environment = variables.map(([name, value]) => `set "${name}=${value}" && `)
      return environment.join('') + words.map(quoteCmd).join(' ')
    }
  }
}

/** The shell that a terminal's program is, by its path; posix for any that isn't known. */
export function shellOf(path: string): Shell {
  const name = (path.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.exe$/, '')
  if (name === 'fish') return 'fish'
  if (name === 'pwsh' || name === 'powershell') return 'powershell'
  return name === 'cmd' ? 'cmd' : 'posix'
}

const plainWord = /^[\w./:@%+,=-]+$/

function quotePosix(word: string): string {
  return plainWord.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

function quoteFish(word: string): string {
  return plainWord.test(word) ? word : `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function quotePowerShell(word: string): string {
  // Typographic quotes end a string there as well.
  return `'${word.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`
}

function wordPowerShell(word: string): string {
  // A bare `-name.rest:value` is split at the dot or colon.
  return /^[\w/=]+$|^-{1,2}[A-Za-z][\w-]*$/.test(word) ? word : quotePowerShell(word)
}

function quoteCmd(word: string): string {
  return /^[\w./:@+\\-]+$/.test(word) ? word : `"${word}"`
}

function hasControlCharacter(word: string): boolean {
  return [...word].some((character) => character < ' ' || character === '\u007f')
}
