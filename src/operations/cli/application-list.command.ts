import { Command } from 'nest-commander';
import { ApplicationsService } from '../../applications/applications.service.js';
import { Client } from '../../auth/client.entity.js';
import { Database } from '../../database/database.js';
import { writeTime } from '../../resource/writer.js';
import { CliCommand, Outcome } from './cli-command.js';
import { withServices } from './services.js';

@Command({ name: 'application:list', description: 'List the applications with their client ids' })
export class ApplicationListCommand extends CliCommand {
  protected async perform(): Promise<Outcome> {
    const applications = await withServices(async (services) => {
      const clients = await services
        .get(Database)
        .repository(Client)
        .find({ select: { id: true, applicationId: true }, order: { createdTime: 'ASC', id: 'ASC' } });
      return (await services.get(ApplicationsService).list()).map((application) => ({
        applicationId: application.id,
        name: application.name,
        key: application.key,
        clientIds: clients.filter(({ applicationId }) => applicationId === application.id).map(({ id }) => id),
        userCount: application.userCount,
        channelCount: application.channelCount,
        messageCount: application.messageCount,
        createdTime: writeTime(application.createdTime),
      }));
    });
    const lines = applications.map(
      ({ applicationId, name, key, clientIds }) =>
        `${applicationId}  ${name}  key ${key}  client id ${clientIds.join(', ') || 'none'}`,
    );
    return { result: applications, text: lines.join('\n') || 'There is no application.' };
  }
}
