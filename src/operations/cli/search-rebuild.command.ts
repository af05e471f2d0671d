import { Command, Option } from 'nest-commander';
import { SearchRebuild } from '../../search/search-rebuild.js';
import { CliCommand, Outcome } from './cli-command.js';
import { withServices } from './services.js';

interface RebuildOptions {
  fromStart?: boolean;
}

@Command({
  name: 'search:rebuild',
  description: 'Index all messages anew; goes on where an interrupted one stopped',
})
export class SearchRebuildCommand extends CliCommand<RebuildOptions> {
  protected async perform({ fromStart = false }: RebuildOptions): Promise<Outcome> {
    const result = await withServices((services) => services.get(SearchRebuild).run(fromStart));
    const { from, upTo } = result;
    return {
      result,
      text:
        from === 0
          ? `All messages up to ${upTo} are indexed.`
          : `All messages up to ${upTo} are indexed; an earlier rebuild had come to ${from}.`,
    };
  }

  @Option({ flags: '--from-start', description: 'Begin again, even if an earlier one was interrupted' })
  fromStart(): boolean {
    return true;
  }
}
