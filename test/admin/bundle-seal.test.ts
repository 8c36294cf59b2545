// Encrypted secrets: what opens them, what doesn't, and that damage, a wrong passphrase and tampering are told apart.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { contentOf } from '../../src/admin/backup-difference.ts'
import { openSecrets, sealedSecrets, sealSecrets } from '../../src/admin/bundle-seal.ts'
import { GatewayError } from '../../src/core/errors.ts'

const plain = { omniroute: 'bundle', accounts: [{ id: 'a', baseUrl: 'https://mine.example/v1' }] }
const secrets = { accounts: { a: { key: 'sk-very-secret-key' } } }
const passphrase = 'correct horse battery'

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    assert.ok(error instanceof GatewayError)
    assert.equal(error.parameter, 'passphrase')
    return error.message
  }
  throw new Error('it was not refused')
}

/** As an attacker would: the checksum needs no secret. */
function withChecksum<T extends { checksum: string }>(rest: object, sealed: T): T {
  const { checksum: _, ...others } = sealed
  const checksum = createHash('sha256')
    .update(contentOf({ plain: rest, sealed: others }))
    .digest('base64')
  return { ...sealed, checksum }
}

describe('sealed secrets', function () {
  this.timeout(30_000)
  let sealed: Awaited<ReturnType<typeof sealSecrets>>

  before(async () => {
    sealed = await sealSecrets(plain, secrets, passphrase)
  })

  it('are what their schema says, with the parameters in the header', () => {
    assert.deepEqual(sealedSecrets.parse(JSON.parse(JSON.stringify(sealed))), sealed)
    const { name, N, r, p } = sealed.kdf
    assert.deepEqual({ name, N, r, p }, { name: 'scrypt', N: 131_072, r: 8, p: 1 })
    assert.equal(Buffer.from(sealed.kdf.salt, 'base64').length, 16)
  })

  it('open with the passphrase, however the file is laid out and the passphrase typed', async () => {
    const reordered = { accounts: [{ baseUrl: 'https://mine.example/v1', id: 'a' }], omniroute: 'bundle' }
    assert.deepEqual(await openSecrets(reordered, sealed, passphrase), secrets)
    const composed = await sealSecrets(plain, secrets, 'gru\u0308n und blau')
    assert.deepEqual(await openSecrets(plain, composed, 'gr\u00fcn und blau'), secrets)
  })

  it('say that a passphrase is wrong', async () => {
    assert.match(await refusal(openSecrets(plain, sealed, 'Correct horse battery')), /passphrase is not the one/)
  })

  it('say that the file was changed, whatever of it was', async () => {
    const other = { ...plain, accounts: [{ id: 'a', baseUrl: 'https://other.example/v1' }] }
    const cases: [object, typeof sealed][] = [
      [other, sealed],
      [plain, { ...sealed, data: `AAAA${sealed.data.slice(4)}` }],
      [plain, { ...sealed, tag: Buffer.alloc(16).toString('base64') }],
      [plain, { ...sealed, kdf: { ...sealed.kdf, N: 65_536 } }],
    ]
    for (const [rest, changed] of cases) {
      assert.match(await refusal(openSecrets(rest, changed, passphrase)), /changed or damaged after/)
    }
  })

  it('stay shut when somebody changed the rest and knew how to make the checksum fit', async () => {
    const other = { ...plain, accounts: [{ id: 'a', baseUrl: 'https://other.example/v1' }] }
    const forged = withChecksum(other, sealed)
    assert.match(await refusal(openSecrets(other, forged, passphrase)), /somebody has changed it/)
    const nonce = withChecksum(plain, { ...sealed, nonce: Buffer.alloc(12).toString('base64') })
    assert.match(await refusal(openSecrets(plain, nonce, passphrase)), /somebody has changed it/)
  })

  it('never come out the same twice', async () => {
    const again = await sealSecrets(plain, secrets, passphrase)
    for (const field of ['nonce', 'data', 'tag', 'check'] as const) assert.notEqual(again[field], sealed[field])
    assert.notEqual(again.kdf.salt, sealed.kdf.salt)
  })

  it('refuse parameters that would cost more than a machine has', () => {
    for (const kdf of [{ N: 2 ** 30 }, { N: 100_000 }, { r: 1024 }, { p: 100 }, { salt: '' }]) {
      assert.equal(sealedSecrets.safeParse({ ...sealed, kdf: { ...sealed.kdf, ...kdf } }).success, false)
    }
  })
})
