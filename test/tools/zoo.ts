// Configurations as people have them: comments, other providers, odd layouts, and ours from an earlier time. By tool, then name.

export interface Animal {
  readonly name: string
  /** Path below the home folder -> text. */
  readonly files: Readonly<Record<string, string>>
}

const openCodeLike = (folder: string, name: string): readonly Animal[] => [
  {
    name: 'comments, tabs and another provider',
    files: {
      [`.config/${folder}/${name}.jsonc`]: `{\n\t// my models\n\t"$schema": "https://example.org/config.json",\n\t"provider": {\n\t\t"lmstudio": { "npm": "@ai-sdk/openai-compatible", "options": {"baseURL": "http://127.0.0.1:1234/v1"} }, // local\n\t},\n\t"model": "lmstudio/qwen", /* favourite */\n}\n`,
    },
  },
  {
    name: 'our provider of an earlier time, on one line, with allow and deny lists',
    files: {
      [`.config/${folder}/${name}.json`]:
        '{"provider":{"omniroute":{"name":"old","options":{"baseURL":"http://127.0.0.1:9999/v1"}}},"enabled_providers":["anthropic"],"disabled_providers":["omniroute","x"]}',
    },
  },
  { name: 'an empty file', files: { [`.config/${folder}/${name}.json`]: '' } },
  { name: 'nothing but a model', files: { [`.config/${folder}/${name}.jsonc`]: '{ "model": "x/y", // mine\n}\n' } },
  {
    name: 'nothing but a provider of ours from before',
    files: { [`.config/${folder}/${name}.json`]: '{"provider":{"omniroute":{}}}' },
  },
  {
    name: 'Windows line ends, a byte order mark and two files',
    files: {
      [`.config/${folder}/${name}.jsonc`]: '\uFEFF{\r\n    "theme": "dark"\r\n}',
      [`.config/${folder}/config.json`]: '{\n  "provider": {}\n}\n',
    },
  },
]

export const zoo: Readonly<Record<string, readonly Animal[]>> = {
  aider: [
    {
      name: 'a commented sample without a value',
      files: {
        '.aider.conf.yml':
          '##########################\n# Sample\n## model: x\n#model: xxx\n\n## keys\n#openai-api-key: xxx\n',
      },
    },
    {
      name: 'own endpoint, anchors and Windows line ends',
      files: {
        '.aider.conf.yml':
          'openai-api-base: https://api.openai.com/v1 # real\r\nopenai-api-key: sk-mine\r\nread: &r [A.md, B.md]\r\nlint: *r\r\nmodel: gpt-4o',
        '.aider.model.metadata.json': '{\n    "deepseek-chat": {\n        "max_input_tokens": 1\n    }\n}\n',
      },
    },
    { name: 'an empty file', files: { '.aider.conf.yml': '' } },
  ],
  'claude-code': [
    {
      name: 'permissions, hooks and an environment of its own',
      files: {
        '.claude/settings.json':
          '{\n    "permissions": { "allow": ["Bash(npm run *)"] },\n    "env": {\n        "ANTHROPIC_MODEL": "opus",\n        "FOO": "bar"\n    },\n    "hooks": {}\n}\n',
      },
    },
    { name: 'nothing but a brace on each line', files: { '.claude/settings.json': '{\n}\n' } },
    { name: 'one line', files: { '.claude/settings.json': '{"model":"sonnet"}' } },
    { name: 'an empty environment', files: { '.claude/settings.json': '{ "env": {}, "model": "opus" }\r\n' } },
  ],
  cline: [
    {
      name: 'other providers, and LM Studio in the only compatible place',
      files: {
        '.cline/data/settings/providers.json': `${JSON.stringify(
          {
            version: 1,
            lastUsedProvider: 'anthropic',
            modes: {},
            providers: {
              anthropic: {
                settings: { provider: 'anthropic', apiKey: 'sk-ant-mine' },
                updatedAt: '2026-08-01T00:00:00.000Z',
                tokenSource: 'manual',
              },
              'openai-compatible': {
                settings: { provider: 'openai-compatible', apiKey: 'x', baseUrl: 'http://127.0.0.1:1234/v1' },
                updatedAt: '2026-08-01T00:00:00.000Z',
                tokenSource: 'manual',
              },
            },
          },
          undefined,
          2,
        )}\n`,
        '.cline/data/globalState.json':
          '{"actModeApiProvider":"anthropic","planModeApiProvider":"anthropic","x":[1,2]}',
        '.cline/data/secrets.json': '{"apiKey":"sk-ant-mine"}',
      },
    },
    {
      name: 'a fresh state without a chosen provider',
      files: { '.cline/data/globalState.json': '{\n  "welcomeViewCompleted": false\n}' },
    },
  ],
  codex: [
    {
      name: 'profiles, comments, dotted keys and inline tables',
      files: {
        '.codex/config.toml':
          '# Codex\nmodel = "gpt-5-codex"  # the best\napproval_policy = "on-request"\nmodel_providers.local = { name = "Local", base_url = "http://127.0.0.1:1234/v1" }\n\n[tui]\nnotifications = true\n\n# trusted\n[projects."/home/me/work"]\ntrust_level = "trusted"\n',
      },
    },
    { name: 'only tables, Windows line ends', files: { '.codex/config.toml': '[tools]\r\nweb_search = true\r\n' } },
    {
      name: 'our provider of an earlier time in the middle',
      files: {
        '.codex/config.toml':
          'model_provider = "omniroute"\n\n[model_providers.omniroute]\nname = "Old"\nbase_url = "http://127.0.0.1:1/v1" # port\n\n[model_providers.omniroute.query_params]\na = "b"\n\n[tui]\ntheme = "x"',
      },
    },
    { name: 'an empty file', files: { '.codex/config.toml': '' } },
  ],
  continue: [
    {
      name: 'comments, anchors and blocks',
      files: {
        '.continue/config.yaml':
          '%YAML 1.2\n---\nname: Mine # me\nversion: 0.0.1\nschema: v1\n\ndefaults: &d\n  temperature: 0.1\nmodels:\n    - name: Sonnet # best\n      provider: anthropic\n      model: claude-sonnet-4-5\n      defaultCompletionOptions: *d\n    # unused\n    - { name: Local, provider: ollama, model: qwen }\n\nrules:\n  - Be brief\n',
        '.continue/models/mine.yaml': 'name: x\nversion: 1.0.0\nschema: v1\nmodels: []\n',
      },
    },
    {
      name: 'no models yet',
      files: { '.continue/config.yaml': 'name: Local\r\nversion: 1.0.0\r\nschema: v1\r\nmodels: []\r\n' },
    },
    {
      name: 'an empty list of models',
      files: { '.continue/config.yaml': 'name: Local\nversion: 1.0.0\nmodels:\nschema: v1' },
    },
  ],
  'gemini-cli': [
    {
      name: 'variables with quotes and comments, another way to sign in',
      files: {
        '.gemini/.env':
          '# mine\nexport GEMINI_API_KEY="AIza-mine" # key\nGOOGLE_CLOUD_PROJECT=p\nGEMINI_MODEL=gemini-2.5-pro',
        '.gemini/settings.json':
          '{\n  // signed in\n  "security": { "auth": { "selectedType": "oauth-personal" } },\n  "ui": { "theme": "Dracula" }\n}\n',
      },
    },
    { name: 'an empty environment', files: { '.gemini/.env': '', '.gemini/settings.json': '{}' } },
  ],
  'kilo-code': openCodeLike('kilo', 'kilo'),
  opencode: openCodeLike('opencode', 'opencode'),
  openclaw: [
    {
      name: 'JSON5 with an allow-list',
      files: {
        '.openclaw/openclaw.json':
          "// OpenClaw\n{\n  agents: {\n    defaults: {\n      workspace: '~/claw',\n      model: { primary: 'anthropic/opus', },\n      models: {\n        'anthropic/opus': { alias: 'o' },\n      },\n    },\n  },\n  models: { mode: 'replace', providers: { local: { baseUrl: 'http://127.0.0.1:1/v1', models: [] } } },\n}\n",
      },
    },
    {
      name: 'the allow-list of 2026.9, as OpenClaw itself writes it',
      files: {
        '.openclaw/openclaw.json':
          '{\n  "agents": {\n    "defaults": {\n      "model": {\n        "primary": "anthropic/opus"\n      },\n      "models": {\n        "anthropic/opus": {\n          "alias": "o"\n        }\n      },\n      "modelPolicy": {\n        "allow": [\n          "anthropic/opus"\n        ]\n      }\n    }\n  },\n  "meta": {\n    "migrations": {\n      "modelPolicyAllowlist": true\n    },\n    "lastTouchedVersion": "2026.9.6"\n  }\n}\n',
      },
    },
    {
      name: 'the model as a plain name',
      files: {
        '.openclaw/openclaw.json':
          '{\n  "agents": {\n    "defaults": {\n      "model": "anthropic/opus"\n    }\n  }\n}\n',
      },
    },
  ],
  zed: [
    {
      name: 'its own commented settings',
      files: {
        '.config/zed/settings.json':
          '// Zed settings\n//\n// For information, see the documentation\n{\n  "ui_font_size": 16,\n  "agent": {\n    "default_model": { "provider": "zed.dev", "model": "claude" },\n    "version": "2"\n  },\n  "language_models": {\n    "openai_compatible": {\n      // local\n      "LM": { "api_url": "http://127.0.0.1:1234/v1", "available_models": [] }\n    }\n  }\n}\n',
      },
    },
  ],
}
