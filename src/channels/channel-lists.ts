import { Injectable } from '@nestjs/common';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { UsersRepository } from '../users/users.repository.js';
import { UsersService } from '../users/users.service.js';
import { ChannelReader } from './channel-reader.js';
import { ChannelResource } from './channel.resource.js';
import { ChannelRow } from './channel.rows.js';
import { ChannelFilter, ChannelsRepository } from './channels.repository.js';

/** No user has this id. */
const NOBODY = 0;

/** Pages of channels. */
@Injectable()
export class ChannelLists {
  constructor(
    private readonly channels: ChannelsRepository,
    private readonly users: UsersService,
    private readonly usersRepository: UsersRepository,
    private readonly reader: ChannelReader,
  ) {}

  /** `memberNames`: all of them are members. Nobody's name is in no channel. */
  async list(
    applicationId: number,
    filter: ChannelFilter,
    memberNames: readonly string[],
    query: PageQuery,
  ): Promise<Page<ChannelResource>> {
    const names = [...new Set(memberNames)];
    const members = await this.usersRepository.findByNames(applicationId, names);
    const idByName = new Map(members.map((user) => [user.name, user.id]));
    const memberIds = names.map((name) => idByName.get(name) ?? NOBODY);
    return this.withResources(applicationId, await this.channels.list(applicationId, { ...filter, memberIds }, query));
  }

  async listOfUser(applicationId: number, userId: number, query: PageQuery): Promise<Page<ChannelResource>> {
    await this.users.retrieve(applicationId, userId);
    return this.withResources(applicationId, await this.channels.listOfUser(applicationId, userId, query));
  }

  private async withResources(applicationId: number, page: Page<ChannelRow>): Promise<Page<ChannelResource>> {
    return page.with(await this.reader.resources(applicationId, page.items));
  }
}
