// Injected into CommonJS bundles: stands in for `import.meta.url`. Falls away where nothing reads it.
import { pathToFileURL } from 'node:url'

export const importMetaUrl = /* @__PURE__ */ (() => pathToFileURL(__filename).href)()
