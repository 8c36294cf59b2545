// What a page may ask of the editor around it, beside calls of the contract: things that only a window can do. A browser can't.
import * as z from 'zod'

const id = z.string().min(1).max(200)

export const editorRequest = z.discriminatedUnion('editor', [
  /** Shows a preview as a diff of the editor's own. */
  z.object({ editor: z.literal('diff'), preview: id }),
  /** Opens a tool's file, at a mistake. */
  z.object({
    editor: z.literal('open'),
    path: z.string().max(4_000),
    line: z.number().optional(),
    column: z.number().optional(),
  }),
  /** Copies the launch command, with the key that a page never has. */
  z.object({ editor: z.literal('launch'), tool: id }),
  z.object({ editor: z.literal('set-up'), tool: id, action: z.enum(['add', 'default']) }),
  z.object({ editor: z.literal('undo'), tool: id }),
])
export type EditorRequest = z.infer<typeof editorRequest>
