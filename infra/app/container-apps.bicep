// Where GPU hosts run: a Container Apps environment inside the network, with no public address at all.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What makes names unique.')
param resourceToken string

@description('Network that may resolve and reach the environment.')
param networkId string

@description('Subnet of the environment.')
param subnetId string

@description('Workload profile of the GPU hosts.')
param workloadProfile string

@description('Workspace of the logs.')
param workspaceId string

// Every environment has the profile Consumption; a GPU comes with a profile of its own type.
var profiles = union(['Consumption'], [workloadProfile])

resource environment 'Microsoft.App/managedEnvironments@2026-01-01' = {
  name: 'cae-${resourceToken}'
  location: location
  tags: tags
  properties: {
    vnetConfiguration: {
      internal: true
      infrastructureSubnetId: subnetId
    }
    publicNetworkAccess: 'Disabled'
    workloadProfiles: [for profile in profiles: {
      name: profile
      workloadProfileType: profile
    }]
    // Through a diagnostic setting, because the direct way to Log Analytics needs the workspace's shared key.
    appLogsConfiguration: {
      destination: 'azure-monitor'
    }
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: environment
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}

module names 'private-zone.bicep' = {
  params: {
    tags: tags
    name: environment.properties.defaultDomain
    networkId: networkId
    wildcardAddress: environment.properties.staticIp
  }
}

output NAME string = environment.name
output DEFAULT_DOMAIN string = environment.properties.defaultDomain
