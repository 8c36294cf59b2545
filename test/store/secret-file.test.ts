import assert from 'node:assert/strict'
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../../src/core/errors.ts'
import { openSecretFile } from '../../src/store/secret-file.ts'
import { cleanUp, fileNames, newDirectory, silentLog } from './workspace.ts'

const log = silentLog
const secretsName = 'omniroute-secrets.json'
const keyName = 'omniroute-secrets.key'

async function withSecrets(passphrase?: string): Promise<string> {
  const directory = await newDirectory()
  const secrets = await openSecretFile({ directory, log, ...(passphrase !== undefined && { passphrase }) })
  await secrets.set('account:a1', 'sk-very-secret-ünïcode')
  await secrets.set('gateway:admin-token', 'token')
  return directory
}

/** Opening rejects in plain words, without a secret in them, and changes no file. */
async function refuses(directory: string, words: RegExp, passphrase?: string): Promise<void> {
  const contents = async (): Promise<string[]> =>
    Promise.all(
      (await fileNames(directory)).map(async (name) => name + (await readFile(join(directory, name), 'latin1'))),
    )
  const before = await contents()
  await assert.rejects(openSecretFile({ directory, log, ...(passphrase !== undefined && { passphrase }) }), (error) => {
    assert.ok(error instanceof GatewayError)
    assert.match(error.message, words)
    assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /very-secret/)
    return true
  })
  assert.deepEqual(await contents(), before)
}

describe('secret file', () => {
  afterEach(cleanUp)

  it('finds secrets again, and not those that were deleted', async () => {
    const directory = await withSecrets()
    const again = await openSecretFile({ directory, log })
    assert.equal(await again.get('account:a1'), 'sk-very-secret-ünïcode')
    assert.equal(await again.get('none'), undefined)
    await again.delete('account:a1')
    const third = await openSecretFile({ directory, log })
    assert.equal(await third.get('account:a1'), undefined)
    assert.equal(await third.get('gateway:admin-token'), 'token')
  })

  it('keeps the secret and its id out of the file, and both files to the owner', async () => {
    const directory = await withSecrets()
    assert.deepEqual(await fileNames(directory), [secretsName, keyName])
    for (const name of [secretsName, keyName]) {
      assert.equal((await stat(join(directory, name))).mode & 0o777, 0o600)
      assert.doesNotMatch(await readFile(join(directory, name), 'latin1'), /very-secret|account:a1/)
    }
  })

  it('takes rights away from others that a key file was given by mistake', async () => {
    const directory = await withSecrets()
    await chmod(join(directory, keyName), 0o644)
    await openSecretFile({ directory, log })
    assert.equal((await stat(join(directory, keyName))).mode & 0o777, 0o600)
  })

  it('encrypts the same secrets differently each time', async () => {
    const directory = await withSecrets()
    const first = await readFile(join(directory, secretsName), 'utf8')
    await (await openSecretFile({ directory, log })).set('gateway:admin-token', 'token')
    const second = await readFile(join(directory, secretsName), 'utf8')
    assert.notEqual(JSON.parse(first).iv, JSON.parse(second).iv)
    assert.notEqual(JSON.parse(first).data, JSON.parse(second).data)
  })

  it('carries out changes made at the same time one after the other', async () => {
    const directory = await newDirectory()
    const secrets = await openSecretFile({ directory, log })
    await Promise.all(Array.from({ length: 20 }, (_, index) => secrets.set(`id${index % 7}`, String(index))))
    const again = await openSecretFile({ directory, log })
    for (let index = 0; index < 7; index++)
      assert.equal(await again.get(`id${index}`), String(index < 6 ? 14 + index : 13))
  })

  it('works with a passphrase and no key file', async () => {
    const directory = await withSecrets('correct horse')
    assert.deepEqual(await fileNames(directory), [secretsName])
    const again = await openSecretFile({ directory, log, passphrase: 'correct horse' })
    assert.equal(await again.get('account:a1'), 'sk-very-secret-ünïcode')
    await refuses(directory, /passphrase is wrong/, 'wrong horse')
    await refuses(directory, /start with the same passphrase/)
  })

  it('says that a passphrase was not used when there is a key file', async () => {
    await refuses(await withSecrets(), /start without the passphrase/, 'any')
  })

  it('refuses another key, a missing key and a damaged key, and writes over nothing', async () => {
    const directory = await withSecrets()
    const keyPath = join(directory, keyName)
    await writeFile(keyPath, await readFile(join(await withSecrets(), keyName)))
    await refuses(directory, /cannot be decrypted: its key file is not the one/)
    await writeFile(keyPath, 'short')
    await refuses(directory, /key file .* is damaged/)
    await rm(keyPath)
    await refuses(directory, /key file .* is missing/)
  })

  it('refuses a file that was cut short, emptied, tampered with or is something else', async () => {
    const directory = await withSecrets()
    const path = join(directory, secretsName)
    const whole = await readFile(path, 'utf8')
    const sealed = JSON.parse(whole)
    const data = Buffer.from(sealed.data, 'base64')
    data[3] = (data[3] ?? 0) ^ 1
    for (const text of [whole.slice(0, 50), '', 'PK\u0003\u0004', '[]', JSON.stringify({ ...sealed, tag: 'AAAA' })]) {
      await writeFile(path, text)
      await refuses(directory, /is damaged/)
    }
    await writeFile(path, JSON.stringify({ ...sealed, data: data.toString('base64') }))
    await refuses(directory, /cannot be decrypted/)
    await writeFile(path, whole)
    assert.equal(await (await openSecretFile({ directory, log })).get('gateway:admin-token'), 'token')
  })

  it('keeps the old secret when the new one cannot be written', async () => {
    const directory = await withSecrets()
    const secrets = await openSecretFile({ directory, log })
    await rm(directory, { recursive: true })
    await assert.rejects(secrets.set('gateway:admin-token', 'new'), /secrets could not be written/)
    assert.equal(await secrets.get('gateway:admin-token'), 'token')
  })
})
