// Tools that Anthropic defines and the client runs: shell, text editor, computer, memory. Claude knows them by their type alone;
// other models are offered functions of the same name with the documented input, so that the client can run what they call
// (rule 60). Tools that Anthropic's servers run are no matter of this file.
import type { ChatRequest, FunctionTool, HostedTool } from '../core/conversation.ts'
import type { JsonObject } from '../core/json.ts'
import { wordOf } from './json-text.ts'

interface ClientTool {
  /** Used where the client gave none. */
  readonly name: string
  readonly description: string
  readonly properties: JsonObject
  readonly required: readonly string[]
}

const text = (description: string): JsonObject => ({ type: 'string', description })
const choice = (values: readonly string[], description: string): JsonObject => ({
  type: 'string',
  enum: [...values],
  description,
})
const whole = (description: string): JsonObject => ({ type: 'integer', description })
const wholes = (count: number, description: string): JsonObject => ({
  type: 'array',
  items: { type: 'integer' },
  minItems: count,
  maxItems: count,
  description,
})

/** The request with these tools as functions, but for those that the target knows itself. */
export function withClientTools(request: ChatRequest, keeps: (type: string) => boolean = () => false): ChatRequest {
  if (!request.tools.some((tool) => tool.type === 'hosted' && tool.wire === 'anthropic-messages')) return request
  const tools = request.tools.map((tool) => {
    if (tool.type !== 'hosted' || tool.wire !== 'anthropic-messages' || keeps(wordOf(tool.value['type']))) return tool
    return asFunction(tool) ?? tool
  })
  return { ...request, tools }
}

function asFunction({ value }: HostedTool): FunctionTool | undefined {
  const type = wordOf(value['type'])
  const define = definitions.find(([prefix]) => type.startsWith(prefix))?.[1]
  if (!define) return undefined
  const { name, description, properties, required } = define(type, value)
  return {
    type: 'function',
    name: wordOf(value['name']) || name,
    description,
    schema: { type: 'object', properties, required: [...required] },
  }
}

const definitions: readonly (readonly [prefix: string, define: (type: string, value: JsonObject) => ClientTool])[] = [
  ['bash_', () => bash],
  ['text_editor_', textEditor],
  ['computer_', computer],
  ['memory_', () => memory],
]

const bash: ClientTool = {
  name: 'bash',
  description: 'Runs a command in a bash session that stays open between calls. Give either a command or "restart".',
  properties: {
    command: text('The command to run.'),
    restart: { type: 'boolean', description: 'True to end the session and begin a new one.' },
  },
  required: [],
}

/** Versions before Claude 4 know `undo_edit`, and insert `new_str`. */
function textEditor(type: string): ClientTool {
  const isOld = /_(?:2024\d{4}|20250124)$/.test(type)
  return {
    name: isOld ? 'str_replace_editor' : 'str_replace_based_edit_tool',
    description:
      'Shows, creates and edits text files. "view" shows a file with line numbers, or lists a folder; "create" writes a new file; "str_replace" replaces a text that occurs exactly once; "insert" puts text after a line.',
    properties: {
      command: choice(
        ['view', 'create', 'str_replace', 'insert', ...(isOld ? ['undo_edit'] : [])],
        'What is to be done.',
      ),
      path: text('Absolute path of the file or folder.'),
      view_range: wholes(
        2,
        'For "view" of a file: first and last line, counted from 1; −1 is the last line of the file.',
      ),
      file_text: text('For "create": the content of the file.'),
      old_str: text('For "str_replace": the text to be replaced, white space included.'),
      new_str: text(`For "str_replace"${isOld ? ' and "insert"' : ''}: the new text.`),
      insert_line: whole('For "insert": the line after which the text goes; 0 is the beginning of the file.'),
      ...(isOld ? {} : { insert_text: text('For "insert": the text to be put in.') }),
    },
    required: ['command', 'path'],
  }
}

const firstActions = [
  'key',
  'type',
  'mouse_move',
  'left_click',
  'left_click_drag',
  'right_click',
  'middle_click',
  'double_click',
  'screenshot',
  'cursor_position',
]
const laterActions = ['left_mouse_down', 'left_mouse_up', 'triple_click', 'scroll', 'hold_key', 'wait']

function computer(type: string, value: JsonObject): ClientTool {
  const isFirst = type.endsWith('_20241022')
  const canZoom = value['enable_zoom'] === true
  const size = `${wordOf(value['display_width_px'])} × ${wordOf(value['display_height_px'])}`
  return {
    name: 'computer',
    description: `Works with the mouse, the keyboard and the screen of a computer, and takes pictures of the screen. The screen has ${size} pixels; coordinates are [x, y] from its upper left corner. Look at a picture before clicking, and again to see what a click did.`,
    properties: {
      action: choice(
        [...firstActions, ...(isFirst ? [] : laterActions), ...(canZoom ? ['zoom'] : [])],
        'What is to be done. "key" presses keys by their xdotool names, such as "Return" or "ctrl+s"; "type" writes a text.',
      ),
      coordinate: wholes(2, 'Where to move, click or scroll, or where a drag ends.'),
      text: text('For "type" the text, for "key" and "hold_key" the keys; keys held down during a click or a scroll.'),
      ...(isFirst
        ? {}
        : {
            start_coordinate: wholes(2, 'For "left_click_drag": where it begins.'),
            scroll_direction: choice(['up', 'down', 'left', 'right'], 'For "scroll".'),
            scroll_amount: whole('For "scroll": clicks of the wheel.'),
            duration: { type: 'number', description: 'For "hold_key" and "wait": seconds.' },
          }),
      ...(canZoom ? { region: wholes(4, 'For "zoom": [x1, y1, x2, y2] of what is to be seen closely.') } : {}),
    },
    required: ['action'],
  }
}

const memory: ClientTool = {
  name: 'memory',
  description:
    'Keeps notes in files under /memories that outlive this conversation. Look there with "view" before beginning, and write down what will be needed later.',
  properties: {
    command: choice(['view', 'create', 'str_replace', 'insert', 'delete', 'rename'], 'What is to be done.'),
    path: text('Path under /memories; for all but "rename".'),
    view_range: wholes(2, 'For "view" of a file: first and last line, counted from 1.'),
    file_text: text('For "create": the content of the file.'),
    old_str: text('For "str_replace": the text to be replaced.'),
    new_str: text('For "str_replace": the new text.'),
    insert_line: whole('For "insert": the line at which the text goes in.'),
    insert_text: text('For "insert": the text to be put in.'),
    old_path: text('For "rename": the path as it is.'),
    new_path: text('For "rename": the path as it shall be.'),
  },
  required: ['command'],
}
