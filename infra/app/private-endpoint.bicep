// One service at a private address, and the name by which the network finds it.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the endpoint.')
param name string

@description('Network that resolves the private name.')
param networkId string

@description('Subnet of the endpoint.')
param subnetId string

@description('Resource that the endpoint stands for.')
param targetId string

@description('Which of the resource\'s services.')
param groupId string

@description('Zone that holds the service\'s private names.')
param zoneName string

module zone 'private-zone.bicep' = {
  params: {
    tags: tags
    name: zoneName
    networkId: networkId
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2025-09-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: groupId
        properties: {
          privateLinkServiceId: targetId
          groupIds: [groupId]
        }
      }
    ]
  }
}

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-09-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: groupId
        properties: {
          privateDnsZoneId: zone.outputs.ID
        }
      }
    ]
  }
}
