// A row of questions in the quick input box with a way back, as VS Code's own multi-step flows have it.
import * as vscode from 'vscode'

export interface Question {
  readonly title: string
  readonly prompt: string
  readonly value?: string
  readonly placeholder?: string
  readonly password?: boolean
  /** A page where the answer can be had; shown as a button. */
  readonly page?: string
  /** What is wrong with the value, or undefined. */
  readonly validate?: (value: string) => string | undefined
}

const back = Symbol('back')

/**
 * Asks one question after the other; each may depend on the answers before. Undefined when the user left. Answers are trimmed.
 */
export async function askAll<Key extends string>(
  questions: readonly { readonly key: Key; readonly ask: (answers: Partial<Record<Key, string>>) => Question }[],
): Promise<Partial<Record<Key, string>> | undefined> {
  const answers: Partial<Record<Key, string>> = {}
  let index = 0
  while (index < questions.length) {
    const step = questions[index]
    if (step === undefined) break
    const question = step.ask(answers)
    const answer = await askText(
      { ...question, value: answers[step.key] ?? question.value ?? '' },
      index,
      questions.length,
    )
    if (answer === undefined) return undefined
    if (answer === back) {
      index -= 1
    } else {
      answers[step.key] = answer
      index += 1
    }
  }
  return answers
}

function askText(question: Question, index: number, total: number): Promise<string | typeof back | undefined> {
  const box = vscode.window.createInputBox()
  const openPage: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('link-external'),
    tooltip: vscode.l10n.t('Open {0}', question.page ?? ''),
  }
  box.title = question.title
  box.prompt = question.prompt
  box.value = question.value ?? ''
  box.placeholder = question.placeholder
  box.password = question.password === true
  box.ignoreFocusOut = true
  if (total > 1) {
    box.step = index + 1
    box.totalSteps = total
  }
  box.buttons = [
    ...(index > 0 ? [vscode.QuickInputButtons.Back] : []),
    ...(question.page === undefined ? [] : [openPage]),
  ]
  return new Promise((resolve) => {
    const done = (answer: string | typeof back | undefined) => {
      resolve(answer)
      box.dispose()
    }
    box.onDidChangeValue(() => {
      box.validationMessage = undefined
    })
    box.onDidAccept(() => {
      const value = box.value.trim()
      const wrong = question.validate?.(value)
      if (wrong === undefined) done(value)
      else box.validationMessage = wrong
    })
    box.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) done(back)
      else if (question.page !== undefined) void vscode.env.openExternal(vscode.Uri.parse(question.page))
    })
    box.onDidHide(() => done(undefined))
    box.show()
  })
}
