// Management of coding tools: what they are told (the gateway's address, its key, the chosen models), and one real request to prove
// that it works. The work itself is in src/tools, whose bundle is loaded when it is first needed.
import * as z from 'zod'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import { redact } from '../core/redact.ts'
import { automaticRoute } from '../engine/catalogue.ts'
import type { ToolDesk } from '../tools/desk.ts'
import type { Endpoint, ToolModel } from '../tools/endpoint.ts'
import { listModels } from './combos.ts'
import type { AdminContext } from './context.ts'
import type { MethodOutput, MethodParsed } from './contract.ts'
import { keyPlaceholder, type ToolChoice, toolMethods } from './contract-tools.ts'
import { requestLoopback } from './loopback.ts'

const chosenSetting = 'tools.chosen'
const chosenSchema = z.record(z.string(), z.object({ model: z.string(), models: z.array(z.string()) }))
const proofPatienceMs = 60_000

export async function listTools(
  context: AdminContext,
  { window }: MethodParsed<'tools.list'>,
): Promise<MethodOutput<'tools.list'>> {
  const desk = await context.tools.open()
  const chosen = readChosen(context)
  const suggested = suggestion(context)
  const views = await desk.list(window, (tool) => endpointFor(context, chosen[tool] ?? suggested))
  // A record that can't be read is told as a problem of every tool.
  const changed = await desk.changedFiles().catch(() => [])
  return toolMethods['tools.list'].output.parse({
    tools: views.map((view) => (chosen[view.id] ? { ...view, chosen: chosen[view.id] } : view)),
    suggested,
    changedFiles: changed.map(({ path }) => path),
  })
}

export async function previewTool(
  context: AdminContext,
  { tool, action, model, models, window }: MethodParsed<'tools.preview'>,
): Promise<MethodOutput<'tools.preview'>> {
  const desk = await openFor(context, tool)
  const endpoint = endpointFor(context, checked(context, { model, models }))
  return toolMethods['tools.preview'].output.parse(await desk.preview(window, tool, action, endpoint))
}

export async function previewToolTakeBack(
  context: AdminContext,
  { tool, action, window }: MethodParsed<'tools.previewTakeBack'>,
): Promise<MethodOutput<'tools.previewTakeBack'>> {
  const desk = await openFor(context, tool)
  return toolMethods['tools.previewTakeBack'].output.parse(
    await desk.previewTakeBack(window, tool, action, context.tools.key),
  )
}

export async function toolTexts(context: AdminContext, id: string): Promise<MethodOutput<'tools.texts'>> {
  const files = (await context.tools.open()).texts(id)
  if (!files) throw new GatewayError('invalid_request', 'This preview is held no more; look again.', { status: 404 })
  return toolMethods['tools.texts'].output.parse({ files })
}

export async function applyTool(context: AdminContext, id: string): Promise<MethodOutput<'tools.apply'>> {
  const desk = await context.tools.open()
  const applied = await desk.apply(id)
  if (!applied) return { kind: 'expired' }
  const { tool, endpoint, result } = applied
  if (result.kind === 'done' && !context.store.readOnly) {
    const { [tool]: _, ...others } = readChosen(context)
    if (endpoint) await keepChosen(context, { ...others, [tool]: choiceOf(endpoint) })
    else if (!(await isAnythingOurs(desk, tool))) await keepChosen(context, others)
  }
  context.emit({ event: 'tools.changed', data: {} })
  return toolMethods['tools.apply'].output.parse(result)
}

export async function verifyTool(
  context: AdminContext,
  { tool, model: named }: MethodParsed<'tools.verify'>,
): Promise<MethodOutput<'tools.verify'>> {
  const desk = await openFor(context, tool)
  const kept = readChosen(context)[tool] ?? suggestion(context)
  const endpoint = endpointFor(context, { ...kept, model: named ?? kept.model })
  const proof = desk.proof(tool, endpoint)
  if (!proof) throw noSuchTool(tool)
  const { model } = endpoint
  const startedAt = context.now()
  try {
    const { origin, pathname } = new URL(proof.url)
    const answer = await requestLoopback(origin, pathname, {
      method: 'POST',
      headers: { ...proof.headers, 'user-agent': `omniroute-check (${tool})` },
      body: proof.body,
      headersTimeout: proofPatienceMs,
      bodyTimeout: proofPatienceMs,
    })
    const body = await answer.body.text()
    const latencyMs = context.now() - startedAt
    const served = answer.headers['x-omniroute-target']
    if (answer.statusCode < 300) {
      return { outcome: 'ok', model, latencyMs, ...(typeof served === 'string' ? { servedBy: served } : {}) }
    }
    return { outcome: 'failed', model, latencyMs, message: redact(messageIn(body) ?? `HTTP ${answer.statusCode}`) }
  } catch (error) {
    const message = redact(error instanceof Error ? error.message : String(error))
    return { outcome: 'failed', model, latencyMs: context.now() - startedAt, message }
  }
}

export async function launchTool(
  context: AdminContext,
  { tool, model, models }: MethodParsed<'tools.launch'>,
): Promise<MethodOutput<'tools.launch'>> {
  const desk = await openFor(context, tool)
  const kept = readChosen(context)[tool] ?? suggestion(context)
  // What was chosen before may be gone for now; the command is then as good as the tool's files are.
  const isNamed = model !== undefined || models !== undefined
  const choice = { model: model ?? kept.model, models: models ?? kept.models }
  const found = desk.launch(tool, {
    ...endpointFor(context, isNamed ? checked(context, choice) : choice),
    key: keyPlaceholder,
  })
  if (!found) throw new GatewayError('invalid_request', `"${tool}" has no launch command.`, { parameter: 'tool' })
  return toolMethods['tools.launch'].output.parse({ ...found.launch, lines: found.lines })
}

export async function toolProfile(
  context: AdminContext,
  { tool, model, models }: MethodParsed<'tools.profile'>,
): Promise<MethodOutput<'tools.profile'>> {
  const desk = await openFor(context, tool)
  const endpoint = endpointFor(context, checked(context, { model, models }))
  const profile = desk.editorProfile(tool, { ...endpoint, key: keyPlaceholder })
  if (!profile) throw new GatewayError('invalid_request', `"${tool}" takes no profiles.`, { parameter: 'tool' })
  return toolMethods['tools.profile'].output.parse(profile)
}

async function isAnythingOurs(desk: ToolDesk, tool: string): Promise<boolean> {
  const files = await desk.changedFiles()
  return files.some(({ records }) => records.some((record) => record.tool === tool))
}

async function openFor(context: AdminContext, tool: string): Promise<ToolDesk> {
  const desk = await context.tools.open()
  if (!desk.has(tool)) throw noSuchTool(tool)
  return desk
}

function noSuchTool(tool: string): GatewayError {
  return new GatewayError('invalid_request', `There is no tool "${tool}".`, { parameter: 'tool' })
}

/** The automatic route and the combos: names that last, whatever accounts come and go. */
function suggestion(context: AdminContext): ToolChoice {
  const combos = context.catalogue().combos.filter(({ enabled }) => enabled)
  const names = [automaticRoute, ...combos.map(({ name }) => name)]
  return { model: automaticRoute, models: [...new Set(names)].slice(0, 200) }
}

function readChosen({ store }: AdminContext): Record<string, ToolChoice> {
  const parsed = chosenSchema.safeParse(store.settings.get(chosenSetting))
  return parsed.success ? parsed.data : {}
}

async function keepChosen({ store }: AdminContext, chosen: Record<string, ToolChoice>): Promise<void> {
  await store.settings.put(chosenSetting, chosen)
}

function choiceOf({ model, models }: Endpoint): ToolChoice {
  return { model, models: models.map(({ id }) => id) }
}

/** Throws `unknown_model` for a name that nothing would answer to: a tool would only find out much later. */
function checked(context: AdminContext, { model, models }: ToolChoice): ToolChoice {
  const names = [...new Set([model, ...models])]
  for (const name of names) context.catalogue().resolve(name)
  return { model, models: names }
}

function endpointFor(context: AdminContext, { model, models }: ToolChoice): Endpoint {
  const known = new Map(listModels(context).map((each) => [each.id, each]))
  const facts = models.map((id): ToolModel => {
    const found = known.get(id)
    if (!found) return { id, name: id }
    const { name, contextWindow, maxOutput, tools, vision, reasoning } = found
    return {
      id,
      name,
      ...(contextWindow === undefined ? {} : { contextWindow }),
      ...(maxOutput === undefined ? {} : { maxOutput }),
      ...(tools === undefined ? {} : { tools }),
      ...(vision === undefined ? {} : { vision }),
      ...(reasoning === undefined ? {} : { reasoning }),
    }
  })
  return { origin: context.status().endpoint, key: context.tools.key, models: facts, model }
}

/** The message of an error in any of the wires, which all put it in the same place. */
function messageIn(body: string): string | undefined {
  try {
    const data: unknown = JSON.parse(body)
    const error = isJsonObject(data) ? data['error'] : undefined
    const message = isJsonObject(error) ? error['message'] : undefined
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}
