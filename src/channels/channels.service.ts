import { Injectable } from '@nestjs/common';
import { countInApplication } from '../applications/application-counters.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { JobsService } from '../jobs/jobs.service.js';
import { mergedProperties, PropertiesChange } from '../resource/merged-properties.js';
import { refuseChange } from '../resource/unchanged.js';
import { ChannelAccess } from './channel-access.js';
import { ChannelCreation } from './channel-creation.js';
import { CHANNEL_DELETION } from './channel-deletion.job.js';
import { ChannelReader } from './channel-reader.js';
import { ChannelPropertiesPatch, ChannelResource, CreateChannelResource } from './channel.resource.js';
import { ChannelsRepository } from './channels.repository.js';
import { MembershipsRepository } from './memberships.repository.js';

/** What a channel keeps for ever. */
const UNCHANGED = ['name', 'type', 'creator', 'members'] as const;

/** The channels of an application. */
@Injectable()
export class ChannelsService {
  constructor(
    private readonly channels: ChannelsRepository,
    private readonly access: ChannelAccess,
    private readonly memberships: MembershipsRepository,
    private readonly creation: ChannelCreation,
    private readonly reader: ChannelReader,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
    private readonly jobs: JobsService,
  ) {}

  async create(applicationId: number, given: CreateChannelResource): Promise<ChannelResource> {
    return this.reader.resource(applicationId, await this.creation.create(applicationId, given));
  }

  async retrieve(applicationId: number, channelId: number): Promise<ChannelResource> {
    return this.reader.resource(applicationId, await this.access.retrieve(applicationId, channelId));
  }

  update(
    applicationId: number,
    channelId: number,
    patch: ChannelPropertiesPatch,
    change: PropertiesChange = 'merged',
  ): Promise<ChannelResource> {
    return this.unitOfWork.run(async () => {
      const channel = await this.access.retrieveForUpdate(applicationId, channelId);
      const current = await this.reader.resource(applicationId, channel);
      for (const field of UNCHANGED) refuseChange('Channel', field, patch[field], current[field]);
      if (channel.type === 'DIRECT' && patch.displayName !== undefined)
        throw ClientError.of('Channel', 'displayName', 'unprocessable', 'is something a direct channel does not have');
      const updated = {
        ...channel,
        display_name: patch.displayName ?? channel.display_name,
        properties: mergedProperties('Channel', channel.properties, patch.properties, change),
      };
      await this.channels.update(applicationId, channelId, updated);
      await this.events.append({
        applicationId,
        channelId,
        type: 'channel.updated',
        subjectId: channelId,
        payload: { displayName: patch.displayName, properties: patch.properties },
        createdTime: Date.now(),
      });
      return this.reader.resource(applicationId, updated);
    });
  }

  /** Takes the channel out of sight at once; messages and memberships, of which there may be many, go by a job. */
  async delete(applicationId: number, channelId: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      const channel = await this.access.retrieveForUpdate(applicationId, channelId);
      const deletedTime = Date.now();
      await this.channels.markDeleted(applicationId, channelId, deletedTime);
      await this.events.append({
        applicationId,
        channelId,
        type: 'channel.deleted',
        subjectId: channelId,
        payload: {
          type: channel.type,
          name: channel.name,
          displayName: channel.display_name,
          createdTime: channel.created_time,
          // Of whom nothing is known any more once the job has begun.
          memberIds: await this.memberships.onlineMembers(channelId),
        },
        createdTime: deletedTime,
      });
      await this.jobs.schedule(applicationId, CHANNEL_DELETION, { channelId });
      for (const { sql, parameters } of [
        countInApplication(applicationId, 'channel_count', -1),
        countInApplication(applicationId, 'message_count', -channel.message_count),
      ])
        await this.database.execute(sql, parameters);
    });
  }
}
