// The context keys that tick off the steps of the walkthrough. VS Code never ticks a step whose key is true before it has read
// the walkthrough, which it may put off until the page is opened. So the keys are held back until such a page has stood for a
// moment, and follow what is true from then on.
import * as vscode from 'vscode'

export type WalkthroughStep = 'gatewayRuns' | 'hasAccount' | 'hasCombo' | 'toolServed'

/** What VS Code takes to read the walkthrough after it has opened the page. */
const readingMs = 1_500

export interface WalkthroughKeys extends vscode.Disposable {
  set(step: WalkthroughStep, done: boolean): void
}

export function createWalkthroughKeys(): WalkthroughKeys {
  const facts = new Map<WalkthroughStep, boolean>()
  let released = false
  let timer: NodeJS.Timeout | undefined
  const apply = (step: WalkthroughStep, done: boolean) =>
    void vscode.commands.executeCommand('setContext', `omniroute.${step}`, done)
  const release = () => {
    released = true
    tabs.dispose()
    for (const [step, done] of facts) apply(step, done)
  }
  const look = () => {
    // VS Code tells extensions nothing of its own pages but that they are there.
    const hasPage = vscode.window.tabGroups.all.some((group) => group.tabs.some(({ input }) => input === undefined))
    if (hasPage && timer === undefined) timer = setTimeout(release, readingMs)
  }
  const tabs = vscode.window.tabGroups.onDidChangeTabs(look)
  look()
  return {
    set(step, done) {
      facts.set(step, done)
      if (released) apply(step, done)
    },
    dispose() {
      clearTimeout(timer)
      tabs.dispose()
    },
  }
}
