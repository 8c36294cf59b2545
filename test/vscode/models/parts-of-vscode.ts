// Classes with the fields of VS Code's message parts, for tests without an editor.

export class TextPart {
  readonly value: string
  constructor(value: string) {
    this.value = value
  }
}

/** Same field as text, another class: that is all that tells the two apart. */
export class ThinkingPart {
  readonly value: string | string[]
  constructor(value: string | string[]) {
    this.value = value
  }
}

export class ToolCallPart {
  readonly callId: string
  readonly name: string
  readonly input: object
  constructor(callId: string, name: string, input: object) {
    this.callId = callId
    this.name = name
    this.input = input
  }
}

export class ToolResultPart {
  readonly callId: string
  readonly content: readonly unknown[]
  constructor(callId: string, content: readonly unknown[]) {
    this.callId = callId
    this.content = content
  }
}

export class DataPart {
  readonly data: Uint8Array
  readonly mimeType: string
  constructor(data: Uint8Array, mimeType: string) {
    this.data = data
    this.mimeType = mimeType
  }
}

export class PromptTsxPart {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}
