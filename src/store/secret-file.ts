// Secrets of the headless gateway: one file, encrypted with AES-256-GCM under a random key in a file beside it, or under a
// passphrase. Guards against a backup or a stray copy of one file, not against whoever can read both. What cannot be read is
// never written over.
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { GatewayError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { SecretStore } from '../core/secrets.ts'
import { makePrivateDirectory, replaceFile, restrictToOwner } from './disk.ts'

export interface SecretFileOptions {
  readonly directory: string
  readonly log: Log
  /** Takes the place of the key file. */
  readonly passphrase?: string
}

const secretsName = 'omniroute-secrets.json'
const keyName = 'omniroute-secrets.key'
const cipherName = 'aes-256-gcm'
const keyBytes = 32
/** Bound into the encryption, so that nothing of another make is taken for it. */
const purpose = Buffer.from('omniroute-secrets-1')
const scryptCost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/)
const sealedFile = z.object({
  format: z.literal(1),
  /** Present when the key comes from a passphrase. */
  salt: base64.optional(),
  iv: base64,
  tag: base64,
  data: base64,
})
type SealedFile = z.infer<typeof sealedFile>
const secretsShape = z.record(z.string(), z.string())

export async function openSecretFile(options: SecretFileOptions): Promise<SecretStore> {
  const { directory, passphrase } = options
  const path = join(directory, secretsName)
  await asking(`The folder ${directory} cannot be used for secrets`, () => makePrivateDirectory(directory))
  const sealed = await readSealed(path)
  const salt =
    passphrase === undefined ? undefined : sealed?.salt ? Buffer.from(sealed.salt, 'base64') : randomBytes(16)
  const key = await chooseKey(options, sealed, salt)
  let secrets = new Map(sealed ? Object.entries(unseal(sealed, key, path)) : [])
  let last: Promise<void> = Promise.resolve()

  /** One after the other, and what is held in memory changes only when the file has. */
  function change(edit: (secrets: Map<string, string>) => void): Promise<void> {
    const turn = last.then(async () => {
      const edited = new Map(secrets)
      edit(edited)
      const bytes = Buffer.from(JSON.stringify(seal(Object.fromEntries(edited), key, salt)))
      await asking('The secrets could not be written', () => replaceFile(path, bytes))
      secrets = edited
    })
    last = turn.catch(() => undefined)
    return turn
  }

  return {
    get: async (id) => {
      await last
      return secrets.get(id)
    },
    set: (id, secret) => change((edited) => edited.set(id, secret)),
    delete: (id) => change((edited) => edited.delete(id)),
  }
}

async function chooseKey(
  { directory, log, passphrase }: SecretFileOptions,
  sealed: SealedFile | undefined,
  salt: Buffer | undefined,
): Promise<Buffer> {
  if (sealed && (sealed.salt !== undefined) !== (passphrase !== undefined)) {
    throw new GatewayError(
      'internal',
      sealed.salt === undefined
        ? 'The stored secrets were encrypted with a key file, but a passphrase was given; start without the passphrase.'
        : 'The stored secrets were encrypted with a passphrase; start with the same passphrase.',
    )
  }
  if (passphrase !== undefined && salt) return deriveKey(passphrase, salt)
  const path = join(directory, keyName)
  const stored = await readIfThere(path)
  if (stored) return readKey(stored, path, log)
  if (sealed) {
    throw new GatewayError('internal', `The stored secrets cannot be decrypted: their key file ${path} is missing.`)
  }
  const key = randomBytes(keyBytes)
  await asking('The key of the secrets could not be written', () =>
    replaceFile(path, Buffer.from(key.toString('base64'))),
  )
  return key
}

async function readKey(stored: Buffer, path: string, log: Log): Promise<Buffer> {
  const key = Buffer.from(stored.toString('latin1').trim(), 'base64')
  if (key.length !== keyBytes)
    throw new GatewayError('internal', `The key file ${path} is damaged; restore it from a copy.`)
  try {
    await restrictToOwner(path)
  } catch {
    log.warn(`The key file ${path} could not be made private to its owner.`)
  }
  return key
}

async function readSealed(path: string): Promise<SealedFile | undefined> {
  const bytes = await readIfThere(path)
  if (!bytes) return undefined
  const parsed = sealedFile.safeParse(parseJson(bytes.toString('utf8')))
  if (parsed.success) return parsed.data
  throw new GatewayError('internal', `The file of secrets ${path} is damaged; restore it from a copy, or move it away.`)
}

function seal(secrets: Record<string, string>, key: Buffer, salt: Buffer | undefined): SealedFile {
  const iv = randomBytes(12)
  const cipher = createCipheriv(cipherName, key, iv).setAAD(purpose)
  const data = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()])
  const text = { iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data: data.toString('base64') }
  return { format: 1, ...(salt && { salt: salt.toString('base64') }), ...text }
}

function unseal(sealed: SealedFile, key: Buffer, path: string): Record<string, string> {
  try {
    const decipher = createDecipheriv(cipherName, key, Buffer.from(sealed.iv, 'base64'), { authTagLength: 16 })
    decipher.setAAD(purpose).setAuthTag(Buffer.from(sealed.tag, 'base64'))
    const data = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()])
    return secretsShape.parse(JSON.parse(data.toString('utf8')))
  } catch {
    // Neither the cause nor any byte of it is passed on: it may hold plain text.
    const what =
      sealed.salt === undefined ? 'its key file is not the one it was encrypted with' : 'the passphrase is wrong'
    throw new GatewayError(
      'internal',
      `The file of secrets ${path} cannot be decrypted: ${what}, or the file is damaged.`,
    )
  }
}

function deriveKey(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, keyBytes, scryptCost, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new GatewayError('storage_failed', `The file ${path} cannot be read: ${String(error)}`, { cause: error })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Puts plain words before what the system says. */
async function asking<T>(words: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new GatewayError('storage_failed', `${words}: ${reason}`, { cause: error })
  }
}
