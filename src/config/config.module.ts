import { DynamicModule, Global, Module } from '@nestjs/common';
import { Config } from './config.js';

/** Makes the checked configuration available everywhere; it is read in one place, before anything else starts. */
@Global()
@Module({})
export class ConfigModule {
  static with(config: Config): DynamicModule {
    return { module: ConfigModule, providers: [{ provide: Config, useValue: config }], exports: [Config] };
  }
}
