// One journal on disk, appended to frame by frame. A frame counts only once it is synced; after any failure the file is reopened
// and cut back to the last good frame before the next one, since the state of a file after a failed sync is unknown.
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { journalName, replaceFile, writeFully } from './disk.ts'
import { encodeFrame, journalHeader, journalHeaderBytes } from './frame.ts'

export class JournalFile {
  readonly generation: number
  readonly #path: string
  #exists: boolean
  #size: number
  #frames: number
  #handle: FileHandle | undefined

  /** `existing` is what of the file is good; without it the file is created, replacing any of its name. */
  constructor(directory: string, generation: number, existing?: { readonly size: number; readonly frames: number }) {
    this.generation = generation
    this.#path = join(directory, journalName(generation))
    this.#exists = existing !== undefined
    this.#size = existing?.size ?? journalHeaderBytes
    this.#frames = existing?.frames ?? 0
  }

  /** Returns the bytes the frame took, when it is safe on disk. */
  async append(text: string): Promise<number> {
    const frame = encodeFrame(text, this.#frames, this.generation)
    const handle = await this.ready()
    try {
      await writeFully(handle, frame, this.#size)
      await handle.datasync()
    } catch (error) {
      await this.close()
      throw error
    }
    this.#size += frame.length
    this.#frames += 1
    return frame.length
  }

  /** Creates or opens the file and cuts off what follows the last good frame. */
  async ready(): Promise<FileHandle> {
    if (this.#handle) return this.#handle
    if (!this.#exists) await replaceFile(this.#path, journalHeader(this.generation))
    this.#exists = true
    const handle = await open(this.#path, 'r+')
    try {
      const { size } = await handle.stat()
      if (size < this.#size) throw new JournalGone(`${this.#path} became shorter while it was in use`)
      if (size > this.#size) {
        await handle.truncate(this.#size)
        await handle.datasync()
      }
    } catch (error) {
      await handle.close()
      throw error
    }
    this.#handle = handle
    return handle
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }
}

/** Someone else removed or shortened the journal: it cannot go on, only be replaced. */
export class JournalGone extends Error {}

export function isJournalGone(error: unknown): boolean {
  return error instanceof JournalGone || (error instanceof Error && 'code' in error && error.code === 'ENOENT')
}
