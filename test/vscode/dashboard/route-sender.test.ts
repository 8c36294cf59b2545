// A page is taken to a route once it listens, once, and is left alone afterwards.
import assert from 'node:assert/strict'
import { RouteSender } from '../../../src/vscode/dashboard/route-sender.ts'

function scene() {
  const posted: string[] = []
  const outcome = { delivered: true }
  const routes = new RouteSender(async ({ navigate }) => {
    posted.push(navigate)
    return outcome.delivered
  })
  return { posted, outcome, routes }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('routes of the dashboard', () => {
  it('wait for the page to listen, and only the last one counts', () => {
    const { posted, routes } = scene()
    routes.go('#/keys')
    routes.go('#/routing')
    assert.deepEqual(posted, [])
    routes.heard()
    routes.heard()
    assert.deepEqual(posted, ['#/routing'])
  })

  it('reach a page that listens at once', () => {
    const { posted, routes } = scene()
    routes.heard()
    routes.go('#/routing')
    routes.go('#/routing/budgets')
    assert.deepEqual(posted, ['#/routing', '#/routing/budgets'])
  })

  it('wait for a page that was hidden until it is there again', () => {
    const { posted, routes } = scene()
    routes.heard()
    routes.gone()
    routes.go('#/routing')
    assert.deepEqual(posted, [])
    routes.heard()
    assert.deepEqual(posted, ['#/routing'])
  })

  it('are sent again when they did not arrive, unless another one was wanted since', async () => {
    const { posted, outcome, routes } = scene()
    outcome.delivered = false
    routes.heard()
    routes.go('#/routing')
    await settled()
    outcome.delivered = true
    routes.heard()
    await settled()
    routes.heard()
    assert.deepEqual(posted, ['#/routing', '#/routing'])
    routes.gone()
    routes.heard()
    assert.equal(posted.length, 2)
  })

  it('survive a panel that is gone', async () => {
    let closed = true
    const posted: string[] = []
    const routes = new RouteSender(({ navigate }) => {
      posted.push(navigate)
      return closed ? Promise.reject(new Error('Webview is disposed')) : Promise.resolve(true)
    })
    routes.heard()
    routes.go('#/routing')
    await settled()
    closed = false
    routes.heard()
    assert.deepEqual(posted, ['#/routing', '#/routing'])
  })
})
