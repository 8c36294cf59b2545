// What only this window knows about tools: its folders, its extensions, and profiles that live in other extensions.
import * as vscode from 'vscode'
import type { WindowFacts } from '../../admin/contract-tools.ts'
import type { Memory } from '../models/catalogue.ts'
import { type ProfileApi, ProfileRefusal, profileFacts, readProfileApi } from './profiles.ts'

/** Extensions that export an API for profiles, by tool; the first that is installed counts. */
const profileExtensions: Readonly<Record<string, readonly string[]>> = {
  'roo-code': ['ZooCodeOrganization.zoo-code', 'RooVeterinaryInc.roo-cline'],
}

export function windowFacts(memory: Memory): WindowFacts {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file')
  const profiles: WindowFacts['profiles'] = {}
  for (const tool of Object.keys(profileExtensions)) {
    // An extension that doesn't run yet is not started for the sake of a list.
    const extension = profileExtension(tool)
    const api = extension?.isActive ? readProfileApi(extension.exports) : undefined
    if (api) profiles[tool] = profileFacts(tool, api, memory)
  }
  return {
    workspaceFolders: folders.map(({ uri }) => uri.fsPath).slice(0, 100),
    extensions: Object.fromEntries(
      vscode.extensions.all
        .filter(({ packageJSON }) => packageJSON.isBuiltin !== true)
        .map(({ id, packageJSON }) => [id, String(packageJSON.version)]),
    ),
    profiles,
  }
}

/** Starts the extension if need be. Throws a ProfileRefusal. */
export async function profileApiOf(tool: string): Promise<ProfileApi> {
  const { l10n } = vscode
  const extension = profileExtension(tool)
  if (!extension) throw new ProfileRefusal(l10n.t('Its extension is not installed in this window.'))
  const api = readProfileApi(await extension.activate())
  if (!api) throw new ProfileRefusal(l10n.t('{0} does not offer what OmniRoute needs. Update it.', extension.id))
  return api
}

function profileExtension(tool: string): vscode.Extension<unknown> | undefined {
  return profileExtensions[tool]?.map((id) => vscode.extensions.getExtension(id)).find((each) => each !== undefined)
}
