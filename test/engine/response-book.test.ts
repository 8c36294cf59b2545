// Who keeps which response: bounded, the newest over a restart, and nothing that a file on disk could break.
import assert from 'node:assert/strict'
import { createResponseBook } from '../../src/engine/response-book.ts'
import { target } from './world.ts'

describe('response book', () => {
  const one = target('one')
  const two = target('two')

  it('remembers who keeps what, and forgets what was not asked for longest', () => {
    const book = createResponseBook(2)
    book.learn(['resp_1', 'conv_1'], one)
    assert.deepEqual(book.keeperOf('resp_1'), { account: one.account.id, model: one.model.id })
    book.learn(['resp_2'], two)
    assert.equal(book.keeperOf('conv_1'), undefined)
    assert.equal(book.keeperOf('resp_1')?.account, one.account.id)
    assert.equal(book.keeperOf('resp_2')?.account, two.account.id)
  })

  it('learns nothing from what is no id', () => {
    const book = createResponseBook()
    book.learn(['', 'x'.repeat(201)], one)
    assert.equal(book.snapshot(), undefined)
  })

  it('gives a snapshot only when something was learned, and takes it up again in the same order', () => {
    const book = createResponseBook()
    book.learn(['a', 'b'], one)
    book.learn(['c'], two)
    const snapshot = JSON.parse(JSON.stringify(book.snapshot()))
    assert.equal(book.snapshot(), undefined)
    const again = createResponseBook()
    again.learn(['a'], two)
    again.restore(snapshot)
    assert.deepEqual(
      ['a', 'b', 'c'].map((id) => again.keeperOf(id)?.account),
      [two, one, two].map(({ account }) => account.id),
    )
  })

  it('keeps the newest thousand over a restart', () => {
    const book = createResponseBook()
    for (let index = 0; index < 3_000; index++) book.learn([`resp_${index}`], index % 2 === 0 ? one : two)
    const again = createResponseBook()
    again.restore(book.snapshot())
    assert.equal(again.keeperOf('resp_1999'), undefined)
    assert.equal(again.keeperOf('resp_2000')?.account, one.account.id)
    assert.equal(again.keeperOf('resp_2999')?.account, two.account.id)
  })

  it('leaves out what it does not understand', () => {
    for (const value of [undefined, null, 'x', [{ account: 'a' }], [{ account: 'a', model: 'm', ids: [7] }]]) {
      const book = createResponseBook()
      book.restore(value)
      assert.equal(book.keeperOf('7'), undefined)
    }
  })
})
