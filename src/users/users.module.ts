import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { FilesModule } from '../files/files.module.js';
import { Contacts } from './contacts.service.js';
import { CurrentUser } from './current-user.service.js';
import { PictureController } from './picture.controller.js';
import { UserLookup } from './user-lookup.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [ApplicationsModule, FilesModule],
  controllers: [PictureController, UsersController],
  providers: [Contacts, CurrentUser, UserLookup, UsersRepository, UsersService],
  exports: [Contacts, CurrentUser, UserLookup, UsersRepository, UsersService],
})
export class UsersModule {}
