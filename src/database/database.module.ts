import { DynamicModule, Global, Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { dataSourceOptions } from './data-source.options.js';
import { Bulk } from './bulk.js';
import { Database } from './database.js';
import { MysqlDatabase } from './mysql.database.js';
import { exclusively, migrate } from './schema.js';
import { SqliteDatabase } from './sqlite.database.js';
import { UnitOfWork } from './unit-of-work.js';

/** Opens the database, brings its schema up to date, and hands out {@link Database} and {@link UnitOfWork}. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [Config],
          useFactory: (config: Config) => ({ ...dataSourceOptions(config), retryAttempts: 0 }),
        }),
      ],
      providers: [
        {
          provide: Database,
          inject: [getDataSourceToken(), Config],
          useFactory: async (dataSource: DataSource, config: Config) => {
            if (config.migrateOnStart) await exclusively(dataSource, () => migrate(dataSource));
            return dataSource.options.type === 'mysql'
              ? new MysqlDatabase(dataSource, { sharesCommits: config.databaseSharedCommits })
              : new SqliteDatabase(dataSource);
          },
        },
        Bulk,
        UnitOfWork,
      ],
      exports: [Bulk, Database, UnitOfWork],
    };
  }
}
