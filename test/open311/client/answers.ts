/**
 * What a GeoReport v2 server answers, as the specification's text has it (JSON by the Spark convention; what is empty is
 * `null`). Written from the text alone, so that nothing is true here because the server of this repository does it.
 * @see https://wiki.open311.org/GeoReport_v2/ https://wiki.open311.org/Service_Discovery/
 */

export interface Discovery {
  changeset: string;
  contact: string;
  key_service: string;
  endpoints: {
    specification: string;
    url: string;
    changeset: string;
    type: 'production' | 'test';
    formats: string[];
  }[];
}

export interface Service {
  service_code: string;
  service_name: string;
  description: string | null;
  metadata: boolean;
  type: 'realtime' | 'batch' | 'blackbox';
  keywords: string | null;
  group: string | null;
}

export interface Attribute {
  /** `false`: only shown. */
  variable: boolean;
  code: string;
  datatype: 'string' | 'number' | 'datetime' | 'text' | 'singlevaluelist' | 'multivaluelist';
  required: boolean;
  datatype_description: string | null;
  order: number;
  description: string | null;
  values?: { key: string; name: string }[] | null;
}

export interface ServiceDefinition {
  service_code: string;
  attributes: Attribute[];
}

/** Of a POST, and of a token: one of `service_request_id` and `token`, or both for a token that has led to an id. */
export interface Filed {
  service_request_id?: string;
  token?: string;
  service_notice?: string | null;
  account_id?: string | null;
}

export interface ServiceRequest {
  service_request_id: string;
  status: 'open' | 'closed';
  status_notes?: string | null;
  service_name: string;
  service_code: string;
  description: string | null;
  agency_responsible?: string | null;
  service_notice?: string | null;
  requested_datetime: string;
  updated_datetime: string;
  expected_datetime?: string | null;
  address: string | null;
  address_id: string | null;
  zipcode: string | null;
  lat: number | null;
  long: number | null;
  media_url: string | null;
  /** With `extensions=true` alone. */
  extended_attributes?: Record<string, unknown>;
  notes?: { datetime: string; description: string | null; type: string }[];
}

/** mySociety's extension. */
export interface RequestUpdate {
  update_id: string;
  service_request_id: string;
  status: string;
  updated_datetime: string;
  description: string | null;
  media_url?: string | null;
  external_status_code?: string | null;
}

/** Of a POST of an update: one of the two. */
export interface UpdateFiled {
  update_id?: string;
  token?: string;
}

export interface GeoReportError {
  code: number;
  description: string;
}
