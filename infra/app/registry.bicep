// Images of the GPU host.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What makes names unique.')
param resourceToken string

@description('SKU; Premium streams large images as they are pulled, which shortens the start of a GPU replica.')
param sku string

@description('Principal of the GPU hosts, which pull.')
param gpuHostPrincipalId string

var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'cr${resourceToken}'
  location: location
  tags: tags
  sku: {
    name: sku
  }
  properties: {
    adminUserEnabled: false
  }
}

resource gpuHostPulls 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, gpuHostPrincipalId, acrPull)
  scope: registry
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
    principalId: gpuHostPrincipalId
    principalType: 'ServicePrincipal'
  }
}

output NAME string = registry.name
output LOGIN_SERVER string = registry.properties.loginServer
