import { Command, Option } from 'nest-commander';
import { FileCheck } from '../../files/file-check.js';
import { CliCommand, Outcome } from './cli-command.js';
import { withServices } from './services.js';

interface Options {
  repair?: boolean;
}

@Command({
  name: 'files:check',
  description: 'Compare the files in storage with those that the database knows; ends with 1 if they differ',
})
export class FilesCheckCommand extends CliCommand<Options> {
  protected async perform({ repair = false }: Options): Promise<Outcome> {
    const result = await withServices((services) => services.get(FileCheck).run({ repair }));
    const { unknown, missing, unowned, checked } = result;
    const lines = [
      ...unknown.map(({ key, size }) => `${key}: ${size} bytes of nothing${repair ? ', deleted' : ''}`),
      ...missing.map(
        ({ key, id, applicationId }) => `${key}: not in storage (file ${id}, application ${applicationId})`,
      ),
      ...unowned.map(
        ({ key, id, applicationId }) =>
          `${key}: of nothing that is there (file ${id}, application ${applicationId})${repair ? ', released' : ''}`,
      ),
    ];
    return {
      result,
      text: lines.join('\n') || `All is right: ${checked} files are in storage.`,
      // What was repaired is right now.
      isBad: missing.length > 0 || (!repair && lines.length > 0),
    };
  }

  @Option({
    flags: '--repair',
    description: 'Delete from storage what the database does not know, and release what belongs to nothing',
  })
  parseRepair(): boolean {
    return true;
  }
}
