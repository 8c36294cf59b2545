// In-host tests that pass: they see the editor's API and the probe extension.

import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { note } from '../../suite-runner.ts'

describe('inside the extension host', () => {
  it('has the API of a real editor', () => {
    assert.match(vscode.version, /^1\.\d+\./)
    note(`VS Code ${vscode.version} on Node ${process.versions.node}`)
  })

  it('loads a package of type module through its .cjs entry', async () => {
    const probe = vscode.extensions.getExtension('omniroute-tests.probe')
    assert.ok(probe)
    const { loadedAs } = await probe.activate()
    assert.equal(loadedAs, 'commonjs')
  })

  it('reaches the models of the probe', async () => {
    const models = await vscode.lm.selectChatModels({ vendor: 'probe' })
    assert.deepEqual(models.map((model) => model.id).sort(), ['first', 'second'])
  })

  describe('with parameters', () => {
    it('finds them in its environment', () => {
      assert.equal(process.env['PROBE_WORD'], 'heliotrope')
    })
  })
})
