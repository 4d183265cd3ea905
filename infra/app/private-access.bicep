// Private endpoints of what else would be reachable from the internet. The Durable Task Scheduler and a Basic registry have none.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What makes names unique.')
param resourceToken string

@description('Network that resolves the private names.')
param networkId string

@description('Subnet of the endpoints.')
param subnetId string

@description('Storage account.')
param storageId string

@description('Key vault.')
param vaultId string

@description('Redis; empty when there is none.')
param redisId string

var storageSuffix = environment().suffixes.storage
var services = concat(
  [
    { name: 'blob', targetId: storageId, groupId: 'blob', zone: 'privatelink.blob.${storageSuffix}' }
    { name: 'queue', targetId: storageId, groupId: 'queue', zone: 'privatelink.queue.${storageSuffix}' }
    { name: 'table', targetId: storageId, groupId: 'table', zone: 'privatelink.table.${storageSuffix}' }
    { name: 'vault', targetId: vaultId, groupId: 'vault', zone: 'privatelink.vaultcore.azure.net' }
  ],
  empty(redisId)
    ? []
    : [{ name: 'redis', targetId: redisId, groupId: 'redisEnterprise', zone: 'privatelink.redis.azure.net' }]
)

// One after the other: a subnet takes one change at a time.
@batchSize(1)
module endpoints 'private-endpoint.bicep' = [for service in services: {
  params: {
    location: location
    tags: tags
    name: 'pe-${service.name}-${resourceToken}'
    networkId: networkId
    subnetId: subnetId
    targetId: service.targetId
    groupId: service.groupId
    zoneName: service.zone
  }
}]
