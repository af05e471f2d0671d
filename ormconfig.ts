import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { loadConfig } from './src/config/config.js';
import { dataSourceOptions } from './src/database/data-source.options.js';

/** For TypeORM's command line and for tests; the server builds its own from the same options. */
export default new DataSource(dataSourceOptions(loadConfig()));
