// The parts of package.json that tests compare with the code.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as z from 'zod'

export const root = resolve(import.meta.dirname, '../..')

const manifestSchema = z.object({
  publisher: z.string(),
  name: z.string(),
  icon: z.string(),
  main: z.string(),
  engines: z.object({ vscode: z.string() }),
  devDependencies: z.record(z.string(), z.string()),
  keywords: z.array(z.string()),
  scripts: z.record(z.string(), z.string()),
  enabledApiProposals: z.undefined().optional(),
  capabilities: z.object({ untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }) }),
  contributes: z.object({
    commands: z.array(
      z.object({ command: z.string(), title: z.string(), category: z.string(), enablement: z.string().optional() }),
    ),
    languageModelChatProviders: z.array(
      z.object({ vendor: z.string(), managementCommand: z.string(), configuration: z.undefined().optional() }),
    ),
    languageModelTools: z.array(
      z.object({
        name: z.string(),
        toolReferenceName: z.string(),
        modelDescription: z.string(),
        inputSchema: z.record(z.string(), z.unknown()),
      }),
    ),
    mcpServerDefinitionProviders: z.array(z.object({ id: z.string(), label: z.string() })),
    configuration: z.array(z.object({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) })),
    walkthroughs: z.array(
      z.object({
        steps: z.array(z.object({ media: z.object({ svg: z.string() }), completionEvents: z.array(z.string()) })),
      }),
    ),
  }),
})

export function readText(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

export const manifest = manifestSchema.parse(JSON.parse(readText('package.json')))

export function contributedSettings(): Record<string, Record<string, unknown>> {
  return Object.assign({}, ...manifest.contributes.configuration.map(({ properties }) => properties))
}
