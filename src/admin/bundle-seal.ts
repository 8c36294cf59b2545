// The secrets of an exported file: AES-256-GCM under a key that scrypt makes of a passphrase. Pure but for chance. Everything else
// in the file is bound into the encryption, so that nobody can put another server's address beside a key and have it imported.
import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { GatewayError } from '../core/errors.ts'
import { contentOf } from './backup-difference.ts'

const cipherName = 'aes-256-gcm'
const keyBytes = 32
const checkBytes = 16
const nonceBytes = 12
const tagBytes = 16

function bytes(least: number, most: number): z.ZodString {
  return z
    .string()
    .regex(/^[A-Za-z0-9+/]+={0,2}$/)
    .min(Math.ceil(least / 3) * 4)
    .max(Math.ceil(most / 3) * 4)
}

/** Bounds keep a file from asking for more memory or time than a machine has. */
export const sealedSecrets = z.strictObject({
  cipher: z.literal(cipherName),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    N: z.union([2 ** 15, 2 ** 16, 2 ** 17, 2 ** 18].map((cost) => z.literal(cost))),
    r: z.literal(8),
    p: z.literal(1),
    salt: bytes(16, 64),
  }),
  nonce: bytes(nonceBytes, nonceBytes),
  /** SHA-256 of the whole file without this field: tells damage from a wrong passphrase. Proves nothing against an attacker. */
  checksum: bytes(32, 32),
  /** Made of the passphrase beside the key: tells a wrong passphrase before anything is decrypted. */
  check: bytes(checkBytes, checkBytes),
  tag: bytes(tagBytes, tagBytes),
  data: bytes(1, 16_000_000),
})
type SealedSecrets = z.infer<typeof sealedSecrets>
type Header = Pick<SealedSecrets, 'cipher' | 'kdf' | 'nonce'>

/** What `secrets` of the file is to be. `plain` is the rest of the file, exactly as it will be written. */
export async function sealSecrets(plain: object, secrets: object, passphrase: string): Promise<SealedSecrets> {
  const header: Header = {
    cipher: cipherName,
    kdf: { name: 'scrypt', N: 2 ** 17, r: 8, p: 1, salt: randomBytes(16).toString('base64') },
    nonce: randomBytes(nonceBytes).toString('base64'),
  }
  const { key, check } = await deriveKey(passphrase, header.kdf)
  const cipher = createCipheriv(cipherName, key, Buffer.from(header.nonce, 'base64'))
  cipher.setAAD(associated(plain, header))
  const data = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()])
  const sealed = {
    ...header,
    check: check.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  }
  return { ...sealed, checksum: checksumOf(plain, sealed) }
}

/** The secrets as JSON. `plain` is the rest of the file as it was read. Rejects, saying which, for damage or a wrong passphrase. */
export async function openSecrets(plain: object, sealed: SealedSecrets, passphrase: string): Promise<unknown> {
  const { checksum, ...rest } = sealed
  if (checksumOf(plain, rest) !== checksum) {
    throw refusal(
      'This file was changed or damaged after it was exported, so its secrets are not taken. Without a passphrase the rest can be imported.',
    )
  }
  const { cipher, kdf, nonce } = sealed
  const { key, check } = await deriveKey(passphrase, kdf)
  if (!timingSafeEqual(check, Buffer.from(sealed.check, 'base64'))) {
    throw refusal('The passphrase is not the one this file was exported with.')
  }
  try {
    const decipher = createDecipheriv(cipherName, key, Buffer.from(nonce, 'base64'), { authTagLength: tagBytes })
    decipher.setAAD(associated(plain, { cipher, kdf, nonce })).setAuthTag(Buffer.from(sealed.tag, 'base64'))
    const text = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()])
    return JSON.parse(text.toString('utf8'))
  } catch {
    // The cause is not passed on: it may hold plain text.
    throw refusal('The passphrase is right, but the file is not as it was exported: somebody has changed it.')
  }
}

function associated(plain: object, header: Header): Buffer {
  return Buffer.from(contentOf({ plain, header }))
}

function checksumOf(plain: object, sealed: Omit<SealedSecrets, 'checksum'>): string {
  return createHash('sha256').update(contentOf({ plain, sealed })).digest('base64')
}

function deriveKey(passphrase: string, kdf: Header['kdf']): Promise<{ key: Buffer; check: Buffer }> {
  const { N, r, p } = kdf
  const cost = { N, r, p, maxmem: 128 * N * r + 1024 * 1024 }
  const salt = Buffer.from(kdf.salt, 'base64')
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, keyBytes + checkBytes, cost, (error, made) =>
      error ? reject(error) : resolve({ key: made.subarray(0, keyBytes), check: made.subarray(keyBytes) }),
    )
  })
}

function refusal(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { parameter: 'passphrase' })
}
