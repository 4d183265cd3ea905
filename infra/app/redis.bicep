// Azure Managed Redis: the cache that the functions share.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What makes names unique.')
param resourceToken string

@description('SKU, such as Balanced_B0.')
param sku string

@description('Close the public endpoint.')
param isPrivate bool

@description('Principal of the functions.')
param functionsPrincipalId string

var port = 10000

resource cluster 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: 'redis-${resourceToken}'
  location: location
  tags: tags
  sku: {
    name: sku
  }
  properties: {
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  }
}

resource database 'Microsoft.Cache/redisEnterprise/databases@2025-07-01' = {
  parent: cluster
  name: 'default'
  properties: {
    port: port
    clientProtocol: 'Encrypted'
    // One endpoint, so that a client need not speak the cluster protocol.
    clusteringPolicy: 'EnterpriseCluster'
    // It holds nothing that cannot be computed again.
    evictionPolicy: 'AllKeysLRU'
    accessKeysAuthentication: 'Disabled'
  }
}

resource functionsUseCache 'Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments@2025-07-01' = {
  parent: database
  name: 'functions'
  properties: {
    accessPolicyName: 'default'
    user: {
      objectId: functionsPrincipalId
    }
  }
}

output ID string = cluster.id
output ENDPOINT string = '${cluster.properties.hostName}:${port}'
