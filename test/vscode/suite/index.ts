// Every module of the suite that runs inside an extension host, in the order in which they run: later ones use the account
// that an earlier one added. Connections are watched from the start, and judged last.
import './connections.ts'
import './activation.suite.ts'
import './commands.suite.ts'
import './models.suite.ts'
import './agent-tools.suite.ts'
import './settings.suite.ts'
import './life.suite.ts'
import './leaves.suite.ts'
