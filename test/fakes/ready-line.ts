// Waits for the line in which a started program says where it listens.
import type { ChildProcess } from 'node:child_process'

/** The first group of the first match of `pattern` in the program's output; rejects when it ends or stays silent. */
export function readyLine(child: ChildProcess, pattern: RegExp, timeoutMs = 20_000): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const settle = (act: () => void): void => {
      clearTimeout(timer)
      child.stdout?.off('data', onData)
      child.stdout?.resume()
      child.off('exit', onExit)
      child.off('error', onError)
      act()
    }
    const onData = (chunk: Buffer): void => {
      output += chunk.toString('utf8')
      const found = pattern.exec(output)?.[1]
      if (found !== undefined) settle(() => resolve(found))
    }
    const onExit = (code: number | null): void =>
      settle(() => reject(new Error(`the program ended with ${code} before it was ready:\n${output}`)))
    const onError = (error: Error): void => settle(() => reject(error))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      settle(() => reject(new Error(`the program was not ready in time:\n${output}`)))
    }, timeoutMs)
    child.stdout?.on('data', onData)
    child.once('exit', onExit)
    child.once('error', onError)
  })
}
